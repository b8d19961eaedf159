// Package account holds what is true of editors' accounts whatever keeps them: who
// they are and what they may do, how passwords are kept, how long a session lasts,
// and how long somebody has to wait who does not know the password.
//
// # Decisions
//
// Three roles, each of which may do what the ones before it may, suffice for a
// newsroom: some look, some change links, some manage accounts. Rights for single
// sections or actions can come when somebody needs them.
//
// Passwords are kept as argon2id (RFC 9106, with 64 MiB and three passes) in the
// usual form with its parameters, so that these can grow without anybody having to
// choose a new password. The length is what counts: there are no rules on digits and signs, and
// nothing expires, as NIST SP 800-63B advises. They are normalised (NFKC) first,
// since keyboards write "é" in two ways.
//
// A session is 32 random bytes in the browser and their hash in the store: whoever
// reads the store cannot use what is there, and whoever deletes a row has ended the
// session for good. Sessions that live in a signed cookie alone cannot be ended. Of
// alexedwards/scs, which keeps sessions on the server too, we would use a twentieth,
// and its store of untyped values could not say "all sessions of this user".
//
// Failed attempts count for the name, whether or not there is such a user, and for the address
// they come from. A name waits a minute after five of them, then twice as long
// each time, up to a quarter of an hour. A longer lock would let anybody keep an editor out;
// this one leaves a guesser some hundred attempts a day.
package account
