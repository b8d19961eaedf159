package editor

// invalidTexts say what a field may hold, for readers of Chinese: in English the errors
// themselves say more (words.Invalid).
var invalidTexts = table{
	"invalid.of":         {"%s: %s", "%s：%s", "%s：%s"},
	"invalid.value":      {"%s cannot be as it was given.", "“%s”的值不可用。", "「%s」的值不可用。"},
	"invalid.no-article": {"There is no such article.", "没有这篇文章。", "沒有這篇文章。"},
	"invalid.line":       {"The first line names the columns, article and action among them; every other one has as many cells, and quotes that end.", "格式有误：首行须写明各列名称，其中必须有 article 和 action；其余各行的单元格数须与首行相同，引号须成对。", "格式有誤：首行須寫明各欄名稱，其中必須有 article 和 action；其餘各行的儲存格數須與首行相同，引號須成對。"},

	"invalid.article":   {"the id of an article, or * for all of them; off is for one article", "须为文章 ID，或以 * 表示所有文章；off 只能用于一篇文章", "須為文章 ID，或以 * 表示所有文章；off 只能用於一篇文章"},
	"invalid.target":    {"the id of another article; off has none", "须为另一篇文章的 ID；off 没有目标文章", "須為另一篇文章的 ID；off 沒有目標文章"},
	"invalid.action":    {"pin, hide, boost, bury or off", "须为 pin、hide、boost、bury 或 off", "須為 pin、hide、boost、bury 或 off"},
	"invalid.position":  {"a whole number from 1; only pins have one", "须为从 1 数起的整数，且只有 pin 可用", "須為從 1 數起的整數，且只有 pin 可用"},
	"invalid.strength":  {"1 to 10 for boost, 0 to 0.9 for bury; others have none", "boost 为 1 至 10，bury 为 0 至 0.9，其他操作不可用", "boost 為 1 至 10，bury 為 0 至 0.9，其他操作不可用"},
	"invalid.from":      {"a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z", "须为日期，如 2026-12-31，或时间，如 2026-12-31T18:00:00Z", "須為日期，如 2026-12-31，或時間，如 2026-12-31T18:00:00Z"},
	"invalid.until":     {"a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z, after from", "须为日期，如 2026-12-31，或时间，如 2026-12-31T18:00:00Z，且晚于 from", "須為日期，如 2026-12-31，或時間，如 2026-12-31T18:00:00Z，且晚於 from"},
	"invalid.since":     {"a date such as 2026-12-31", "须为日期，如 2026-12-31", "須為日期，如 2026-12-31"},
	"invalid.lang":      {"a language such as en, zh-Hans or pt-BR", "须为语言代码，如 zh-Hans、en 或 pt-BR", "須為語言代碼，如 zh-Hant、en 或 pt-BR"},
	"invalid.placement": {"a name of at most 200 bytes", "名称最长 200 字节", "名稱最長 200 位元組"},
	"invalid.note":      {"a shorter text", "文字过长", "文字過長"},
	"invalid.author":    {"a name of at most 200 bytes", "名称最长 200 字节", "名稱最長 200 位元組"},
	"invalid.enabled":   {"true or false", "须为 true 或 false", "須為 true 或 false"},
	"invalid.role":      {"viewer, editor or admin", "须为 viewer、editor 或 admin", "須為 viewer、editor 或 admin"},
	"invalid.scope":     {"articles:write, editor:read or editor:write", "须为 articles:write、editor:read 或 editor:write", "須為 articles:write、editor:read 或 editor:write"},
	"invalid.id":        {"the number of one that there is", "须为已有项目的编号", "須為已有項目的編號"},
	"invalid.kind":      {"override, rule, snapshot, user or key", "须为 override、rule、snapshot、user 或 key", "須為 override、rule、snapshot、user 或 key"},
	"invalid.show":      {"one of the choices of the page", "须为页面上的选项之一", "須為頁面上的選項之一"},
	"invalid.file":      {"a file that can be read", "无法读取该文件", "無法讀取該檔案"},
}
