package html

// An Edition is the magazine in one language: its name, its words and the way
// it writes a date.
type Edition struct {
	Lang       string // BCP 47, as in the first segment of its addresses
	Name       string // of the language, in itself, for the language bar
	DateLayout string // of package time

	Magazine, Tagline           string
	Skip                        string // to the content, for keyboards
	LanguageLabel, SectionLabel string // of the two navigation landmarks
	OtherwiseHome               string // in the language bar, of a page that does not stand in this language
	Home, Latest, By, TagLabel  string
	Related                     string // the heading over the links
	AuthorComma                 string // between authors
	MadeBy, SeeJSON             string // the line that explains the links
	About                       string
	Evaluation                  string // leads to the page that says how good the links are, which is in English
	MissingTitle, MissingDetail string
	BrokenTitle, BrokenDetail   string
	RequestID                   string
}

// Editions are the languages that the magazine speaks; the first is for readers
// whose languages it does not.
var Editions = []*Edition{
	{
		Lang: "en", Name: "English", DateLayout: "2 January 2006",
		Magazine: "The Lantern", Tagline: "Reports from public life",
		Skip:          "Skip to content",
		LanguageLabel: "Language", SectionLabel: "Sections",
		OtherwiseHome: "Not in English: to the front page",
		Home:          "Front page", Latest: "Latest", By: "By ", TagLabel: "Filed under",
		Related: "You might also like", AuthorComma: ", ",
		MadeBy:       "These links were made by alsolike, from the text of the articles and the wishes of the editors.",
		SeeJSON:      "See the same links as JSON",
		About:        "A sample site, written for alsolike to show its links at work.",
		Evaluation:   "How good are the links? A sample evaluation",
		MissingTitle: "This page is not here", MissingDetail: "It may have moved, or the address may have a slip in it. The front page has everything we print.",
		BrokenTitle: "Something went wrong on our side", BrokenDetail: "The page could not be shown. Please try again in a moment.",
		RequestID: "Request",
	},
	{
		Lang: "zh-Hans", Name: "简体", DateLayout: "2006年1月2日",
		Magazine: "灯火", Tagline: "公共生活纪事",
		Skip:          "跳到正文",
		LanguageLabel: "语言", SectionLabel: "栏目",
		OtherwiseHome: "没有简体版：前往首页",
		Home:          "首页", Latest: "最新", By: "", TagLabel: "标签",
		Related: "你可能也喜欢", AuthorComma: "、",
		MadeBy:       "以上链接由 alsolike 依据文章内容和编辑的安排生成。",
		SeeJSON:      "查看同一列表的 JSON",
		About:        "示例网站，专为展示 alsolike 的链接而撰写。",
		Evaluation:   "这些链接有多好？评估报告示例（英文）",
		MissingTitle: "没有找到这个页面", MissingDetail: "页面可能已经移走，或者网址有误。全部文章都可以从首页找到。",
		BrokenTitle: "我们这边出了问题", BrokenDetail: "页面暂时无法显示，请稍后再试。",
		RequestID: "请求编号",
	},
	{
		Lang: "zh-Hant", Name: "繁體", DateLayout: "2006年1月2日",
		Magazine: "燈火", Tagline: "公共生活紀事",
		Skip:          "跳到正文",
		LanguageLabel: "語言", SectionLabel: "版面",
		OtherwiseHome: "沒有繁體版：前往首頁",
		Home:          "首頁", Latest: "最新", By: "", TagLabel: "標籤",
		Related: "你可能也喜歡", AuthorComma: "、",
		MadeBy:       "以上連結由 alsolike 依據文章內容和編輯的安排產生。",
		SeeJSON:      "查看同一列表的 JSON",
		About:        "示範網站，專為展示 alsolike 的連結而撰寫。",
		Evaluation:   "這些連結有多好？評估報告範例（英文）",
		MissingTitle: "找不到這個頁面", MissingDetail: "頁面可能已經移走，或者網址有誤。全部文章都可以從首頁找到。",
		BrokenTitle: "我們這邊出了問題", BrokenDetail: "頁面暫時無法顯示，請稍後再試。",
		RequestID: "請求編號",
	},
}
