package embed

// A Text is one document to analyse.
type Text struct {
	Lang   string // BCP 47, such as "en" or "zh-Hant"; empty or "und" if unknown
	Fields []Field
}

// A Field is a part of a Text: its title, its body, …
type Field struct {
	Text   string
	Weight float32 // multiplies the counts of the field's terms; a title counts more than a body
}

// Dense is a matrix of Rows × Dim float32, row major: one vector per document.
type Dense struct {
	Rows, Dim int
	Data      []float32 // Rows·Dim values; row i is Data[i*Dim : (i+1)*Dim]
}

// Row is the vector of document i. It aliases d.
func (d Dense) Row(i int) []float32 {
	return d.Data[i*d.Dim : (i+1)*d.Dim : (i+1)*d.Dim]
}
