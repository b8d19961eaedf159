// Package sqlite keeps articles, overrides and secrets in one SQLite file.
package sqlite
