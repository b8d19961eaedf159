// Package recommend answers which articles to link under an article.
package recommend
