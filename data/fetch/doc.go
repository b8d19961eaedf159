// Package fetch gets pages from the web, politely and safely.
package fetch
