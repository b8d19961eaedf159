// Package clicklog reads logs of what readers read.
package clicklog
