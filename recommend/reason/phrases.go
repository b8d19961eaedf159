package reason

import (
	"strings"

	"github.com/alsolike/alsolike/data"
)

// A tongue is the place of a language in the table of phrases.
type tongue int

const (
	english tongue = iota
	simplified
	traditional
	german
	french
	spanish
	tongues
)

// tongueOf is that of the language, else english.
func tongueOf(lang data.Lang) tongue {
	switch lang.Base() {
	case "zh":
		for subtag := range strings.SplitSeq(strings.ToLower(string(lang)), "-") {
			switch subtag {
			case "hans":
				return simplified
			case "hant", "tw", "hk", "mo":
				return traditional
			}
		}
		return simplified
	case "de":
		return german
	case "fr":
		return french
	case "es":
		return spanish
	}
	return english
}

// phrases are what is said, by what it is about. Words in braces are filled in. Two
// forms are parted by "|": the first is for the number 1. A key that ends in "+" is the
// phrase with its words filled in, the key without for when there is nothing to fill in.
var phrases = map[string][tongues]string{
	"comma":     {", ", "、", "、", ", ", ", ", ", "},
	"semicolon": {"; ", "；", "；", "; ", " ; ", "; "},

	"subject":           {"similar content", "内容相近", "內容相近", "ähnlicher Inhalt", "contenu proche", "contenido similar"},
	"subject+":          {"same subject: {terms}", "同一主题：{terms}", "同一主題：{terms}", "gleiches Thema: {terms}", "même sujet : {terms}", "mismo tema: {terms}"},
	"concepts+":         {"related subjects: {a} – {b}", "相关主题：{a}－{b}", "相關主題：{a}－{b}", "verwandte Themen: {a} – {b}", "sujets voisins : {a} – {b}", "temas afines: {a} – {b}"},
	"title":             {"similar title", "标题相近", "標題相近", "ähnlicher Titel", "titre proche", "título similar"},
	"section":           {"same section", "同一栏目", "同一版面", "gleiches Ressort", "même rubrique", "misma sección"},
	"section+":          {"same section: {section}", "同一栏目：{section}", "同一版面：{section}", "gleiches Ressort: {section}", "même rubrique : {section}", "misma sección: {section}"},
	"tags":              {"same tags", "标签相同", "標籤相同", "gleiche Schlagwörter", "mêmes mots-clés", "mismas etiquetas"},
	"tags+":             {"same tags: {tags}", "标签相同：{tags}", "標籤相同：{tags}", "gleiche Schlagwörter: {tags}", "mêmes mots-clés : {tags}", "mismas etiquetas: {tags}"},
	"author":            {"same author", "同一作者", "同一作者", "von derselben Person geschrieben", "même auteur", "misma autoría"},
	"author+":           {"same author: {author}", "同一作者：{author}", "同一作者：{author}", "ebenfalls von {author}", "même auteur : {author}", "misma autoría: {author}"},
	"series":            {"same series", "同一系列", "同一系列", "gleiche Serie", "même série", "misma serie"},
	"series+":           {"same series: {series}", "同一系列：{series}", "同一系列：{series}", "gleiche Serie: {series}", "même série : {series}", "misma serie: {series}"},
	"next_part":         {"next part of the series", "系列的下一篇", "系列的下一篇", "nächster Teil der Serie", "suite de la série", "siguiente parte de la serie"},
	"next_part+":        {"next part of the series “{series}”", "系列“{series}”的下一篇", "系列「{series}」的下一篇", "nächster Teil der Serie „{series}“", "suite de la série « {series} »", "siguiente parte de la serie «{series}»"},
	"popularity":        {"popular at the moment", "近期热门", "近期熱門", "zurzeit viel gelesen", "populaire en ce moment", "popular en este momento"},
	"next_read":         {"often read after this one", "读者常接着读这篇", "讀者常接著讀這篇", "oft im Anschluss gelesen", "souvent lu après celui-ci", "se suele leer después de este"},
	"co_read":           {"often read with this one", "常与本文一起阅读", "常與本文一起閱讀", "oft zusammen mit diesem gelesen", "souvent lu avec celui-ci", "se suele leer junto con este"},
	"editor":            {"pinned by an editor", "由编辑置顶", "由編輯置頂", "von der Redaktion ausgewählt", "choisi par la rédaction", "elegido por la redacción"},
	"boosted":           {"boosted by an editor", "由编辑提升", "由編輯提升", "von der Redaktion höher gewichtet", "mis en avant par la rédaction", "promovido por la redacción"},
	"buried":            {"moved down by an editor", "被编辑降低排序", "被編輯降低排序", "von der Redaktion niedriger gewichtet", "rétrogradé par la rédaction", "relegado por la redacción"},
	"newest_in_section": {"newest in this section", "本栏目最新", "本版面最新", "neu in diesem Ressort", "le plus récent de la rubrique", "lo más reciente de la sección"},
	"newest_in_section+": {
		"newest in section {section}", "“{section}”栏目最新", "「{section}」版面最新", "neu im Ressort {section}", "le plus récent de la rubrique {section}", "lo más reciente de la sección {section}",
	},
	"newest":         {"newest", "最新发布", "最新發布", "neu erschienen", "le plus récent", "lo más reciente"},
	"most_read":      {"most read", "阅读最多", "閱讀最多", "meistgelesen", "le plus lu", "lo más leído"},
	"other_language": {"similar content in another language", "另一种语言的相近内容", "另一種語言的相近內容", "ähnlicher Inhalt in einer anderen Sprache", "contenu proche dans une autre langue", "contenido similar en otro idioma"},
	"drawn+":         {"drawn at random from the best {n}", "从前 {n} 篇中随机选出", "從前 {n} 篇中隨機選出", "zufällig aus den besten {n} gezogen", "tiré au sort parmi les {n} meilleurs", "elegido al azar entre los {n} mejores"},

	"too_old":         {"too old", "时间过早", "時間過早", "zu alt", "trop ancien", "demasiado antiguo"},
	"too_old+":        {"too old by 1 day|too old by {n} days", "超出时限 {n} 天", "超出時限 {n} 天", "um 1 Tag zu alt|um {n} Tage zu alt", "trop ancien d’un jour|trop ancien de {n} jours", "demasiado antiguo por 1 día|demasiado antiguo por {n} días"},
	"not_older":       {"newer than this article", "比本文更新", "比本文更新", "neuer als dieser Artikel", "plus récent que cet article", "más reciente que este artículo"},
	"near_duplicate":  {"same story as another article", "与另一篇文章内容相同", "與另一篇文章內容相同", "gleiche Geschichte wie ein anderer Artikel", "même histoire qu’un autre article", "misma noticia que otro artículo"},
	"near_duplicate+": {"same story as “{title}”", "与《{title}》内容相同", "與《{title}》內容相同", "gleiche Geschichte wie „{title}“", "même histoire que « {title} »", "misma noticia que «{title}»"},
	"translation":     {"a translation of this article", "本文的译文", "本文的譯文", "eine Übersetzung dieses Artikels", "une traduction de cet article", "una traducción de este artículo"},
	"unpublished":     {"off the site", "已下架", "已下架", "nicht mehr auf der Website", "retiré du site", "retirado del sitio"},
	"scheduled":       {"not published yet", "尚未发布", "尚未發布", "noch nicht veröffentlicht", "pas encore publié", "aún no publicado"},
	"no_link_to":      {"not to be linked", "设为不被链接", "設為不被連結", "soll nicht verlinkt werden", "à ne pas lier", "no se debe enlazar"},
	"hidden":          {"hidden by an editor", "被编辑隐藏", "被編輯隱藏", "von der Redaktion ausgeblendet", "masqué par la rédaction", "ocultado por la redacción"},
	"excluded":        {"excluded by the request", "被请求排除", "被請求排除", "von der Anfrage ausgeschlossen", "exclu par la requête", "excluido por la petición"},
	"threshold":       {"below the threshold", "低于分数下限", "低於分數下限", "unter der Schwelle", "sous le seuil", "por debajo del umbral"},
	"threshold+":      {"below the threshold: {score} of {least}", "低于分数下限：{score}/{least}", "低於分數下限：{score}/{least}", "unter der Schwelle: {score} von {least}", "sous le seuil : {score} sur {least}", "por debajo del umbral: {score} de {least}"},
	"links_in":        {"over the limit of links into one article", "指向同一文章的链接已达上限", "指向同一文章的連結已達上限", "zu viele Links auf einen Artikel", "trop de liens vers un même article", "demasiados enlaces a un mismo artículo"},
	"links_in+":       {"over the limit of {n} links into one article", "指向同一文章的链接已达上限 {n} 个", "指向同一文章的連結已達上限 {n} 個", "mehr als {n} Links auf einen Artikel", "au-delà de la limite de {n} liens vers un même article", "supera el límite de {n} enlaces a un mismo artículo"},
	"many_author":     {"too many links to one author", "同一作者的文章过多", "同一作者的文章過多", "zu viele Links zu einer Autorin oder einem Autor", "trop de liens vers un même auteur", "demasiados enlaces de una misma autoría"},
	"many_author+":    {"more than {n} by {name}", "{name} 的文章超过 {n} 篇", "{name} 的文章超過 {n} 篇", "mehr als {n} von {name}", "plus de {n} de {name}", "más de {n} de {name}"},
	"many_section":    {"too many links to one section", "同一栏目的文章过多", "同一版面的文章過多", "zu viele Links in ein Ressort", "trop de liens vers une même rubrique", "demasiados enlaces a una misma sección"},
	"many_section+":   {"more than {n} in section {name}", "“{name}”栏目的文章超过 {n} 篇", "「{name}」版面的文章超過 {n} 篇", "mehr als {n} im Ressort {name}", "plus de {n} dans la rubrique {name}", "más de {n} en la sección {name}"},
	"language":        {"in another language", "语言不同", "語言不同", "in einer anderen Sprache", "dans une autre langue", "en otro idioma"},
	"language+":       {"in another language ({name})", "语言不同（{name}）", "語言不同（{name}）", "in einer anderen Sprache ({name})", "dans une autre langue ({name})", "en otro idioma ({name})"},
	"filter":          {"left out by a filter", "被筛选条件排除", "被篩選條件排除", "durch einen Filter ausgeschlossen", "écarté par un filtre", "descartado por un filtro"},
	"sensitive":       {"too light for this subject", "与本文的严肃题材不相宜", "與本文的嚴肅題材不相宜", "für dieses Thema unpassend", "trop léger pour ce sujet", "demasiado ligero para este tema"},
	"variety":         {"too like another link", "与另一条链接过于相近", "與另一則連結過於相近", "einem anderen Link zu ähnlich", "trop proche d’un autre lien", "demasiado parecido a otro enlace"},
	"variety+":        {"too like “{title}”", "与《{title}》过于相近", "與《{title}》過於相近", "„{title}“ zu ähnlich", "trop proche de « {title} »", "demasiado parecido a «{title}»"},
	"outranked":       {"other articles are nearer", "其他文章更为相近", "其他文章更為相近", "andere Artikel liegen näher", "d’autres articles sont plus proches", "otros artículos son más afines"},

	"waiting":   {"waits for the next refresh", "等待下次更新", "等待下次更新", "wartet auf die nächste Aktualisierung", "attend la prochaine actualisation", "espera la próxima actualización"},
	"wordless":  {"too little text to compare", "文字太少，无法比较", "文字太少，無法比較", "zu wenig Text zum Vergleichen", "trop peu de texte à comparer", "muy poco texto para comparar"},
	"none_near": {"no other article is like it", "没有相近的文章", "沒有相近的文章", "kein anderer Artikel ist ähnlich", "aucun autre article n’en est proche", "ningún otro artículo se le parece"},
	"no_links":  {"set to show no links", "设为不显示链接", "設為不顯示連結", "soll keine Links zeigen", "réglé pour n’afficher aucun lien", "configurado para no mostrar enlaces"},
	"off":       {"links switched off by an editor", "链接已被编辑关闭", "連結已被編輯關閉", "Links von der Redaktion abgeschaltet", "liens désactivés par la rédaction", "enlaces desactivados por la redacción"},
}

// of is the phrase of that key as it stands.
func (t tongue) of(key string) string { return phrases[key][t] }

// phrase is the phrase of that key with the words filled in, which alternate with what
// they are filled in for; without them, if any is empty.
func (t tongue) phrase(key string, words ...string) string {
	fill := make([]string, len(words))
	number := ""
	for i := 0; i < len(words); i += 2 {
		if words[i+1] == "" {
			return t.of(key)
		}
		if words[i] == "n" {
			number = words[i+1]
		}
		fill[i], fill[i+1] = "{"+words[i]+"}", words[i+1]
	}
	text := t.of(key + "+")
	if one, more, found := strings.Cut(text, "|"); found {
		if text = more; number == "1" {
			text = one
		}
	}
	return strings.NewReplacer(fill...).Replace(text)
}
