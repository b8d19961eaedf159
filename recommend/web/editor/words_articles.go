package editor

// articlesTexts are those of the page Articles, and of every page while there is nothing
// to show.
var articlesTexts = table{
	"articles.title":   {"Articles", "文章", "文章"},
	"articles.known":   {"%d article|%d articles", "共 %d 篇文章", "共 %d 篇文章"},
	"articles.search":  {"Find an article", "查找文章", "尋找文章"},
	"articles.hint":    {"Title, part of a title, address or id", "标题、标题片段、网址或编号", "標題、標題片段、網址或編號"},
	"articles.find":    {"Find", "查找", "尋找"},
	"articles.choices": {"Which articles", "显示哪些文章", "顯示哪些文章"},

	"articles.all":         {"All", "全部", "全部"},
	"articles.no-links":    {"Without links", "没有链接", "沒有連結"},
	"articles.not-linked":  {"Linked from nowhere", "未被链接", "未被連結"},
	"articles.most-linked": {"Most linked to", "被链接最多", "被連結最多"},
	"articles.overridden":  {"Changed by editors", "编辑改动过", "編輯改動過"},
	"articles.duplicates":  {"Near-duplicates", "内容近乎重复", "內容近乎重複"},
	"articles.series":      {"In a series", "系列文章", "系列文章"},
	"articles.provisional": {"New or changed", "新增或改动", "新增或改動"},

	"articles.total":    {"%d article|%d articles", "%d 篇", "%d 篇"},
	"articles.range":    {"%d to %d of %d articles", "第 %d 至 %d 篇，共 %d 篇", "第 %d 至 %d 篇，共 %d 篇"},
	"articles.none":     {"No article", "没有文章", "沒有文章"},
	"articles.counting": {"Links are being counted; reload in a moment.", "正在统计链接，请稍后刷新。", "正在統計連結，請稍後重新載入。"},
	"articles.counted":  {"Links as counted on %s; they are being counted again.", "链接数统计于 %s，正在重新统计。", "連結數統計於 %s，正在重新統計。"},

	"articles.article":            {"Article", "文章", "文章"},
	"articles.published":          {"Published", "发布日期", "發布日期"},
	"articles.out":                {"Links", "链出", "連出"},
	"articles.in":                 {"Linked from", "链入", "連入"},
	"articles.overrides":          {"Changes by editors", "编辑改动", "編輯改動"},
	"articles.undated":            {"undated", "无日期", "無日期"},
	"articles.of-series":          {"Series: %s", "系列：%s", "系列：%s"},
	"articles.provisional-badge":  {"new or changed", "新增或改动", "新增或改動"},
	"articles.waiting-badge":      {"not placed yet", "尚未排入", "尚未排入"},
	"articles.not-linked-because": {"Not linked: %s", "不被链接：%s", "不被連結：%s"},
	"articles.no-links-because":   {"Shows no links: %s", "不显示链接：%s", "不顯示連結：%s"},
	"articles.none-hint":          {"Try fewer letters, or another choice above.", "请减少文字，或换一个筛选条件。", "請減少文字，或換一個篩選條件。"},
	"articles.pages":              {"More pages", "翻页", "翻頁"},
	"articles.before":             {"Before", "上一页", "上一頁"},
	"articles.after":              {"More", "下一页", "下一頁"},

	"nothing-yet.title": {"No links yet", "还没有链接", "還沒有連結"},
	"nothing-yet.lead":  {"Articles must be imported and a refresh must have run. If one is running now, come back in a moment.", "需要先导入文章并完成一次更新。如果更新正在进行，请稍后再来。", "需要先匯入文章並完成一次更新。如果更新正在進行，請稍後再來。"},
}
