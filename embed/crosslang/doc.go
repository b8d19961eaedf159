// Package crosslang gives texts of all languages of a site vectors in one space, so that
// texts on one subject are near one another whatever language they are in. It learns
// the space from the site's own translations.
package crosslang
