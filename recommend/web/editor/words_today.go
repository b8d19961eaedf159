package editor

// todayTexts are those of the page Today.
var todayTexts = table{
	"today.title":   {"Today", "今日", "今日"},
	"today.refresh": {"The last refresh", "最近一次更新", "最近一次更新"},

	"today.fresh":   {"up to date", "已是最新", "已是最新"},
	"today.behind":  {"lists follow what has changed", "列表已随文章变动", "清單已隨文章變動"},
	"today.waiting": {"articles wait for the next refresh", "有文章等待下次更新", "有文章等待下次更新"},
	"today.late":    {"late", "已逾期", "已逾期"},
	"today.problem": {"something is wrong", "出现问题", "出現問題"},

	"today.when":       {"When", "时间", "時間"},
	"today.took":       {"It took", "用时", "用時"},
	"today.seconds":    {"%.1f seconds", "%.1f 秒", "%.1f 秒"},
	"today.articles":   {"Articles", "文章数", "文章數"},
	"today.what":       {"What changed", "变动", "變動"},
	"today.links":      {"%s of the links: %d added, %d removed", "%s 的链接：新增 %d，移除 %d", "%s 的連結：新增 %d，移除 %d"},
	"today.look":       {"before and after", "查看前后对比", "查看前後對比"},
	"today.since":      {"Since then", "此后", "此後"},
	"today.changed":    {"%d article new or changed|%d articles new or changed", "%d 篇文章新增或改动", "%d 篇文章新增或改動"},
	"today.unplaced":   {"%d not placed yet", "%d 篇尚未排入", "%d 篇尚未排入"},
	"today.followed":   {"articles have changed, and lists follow at once", "文章有变动，列表已即时跟进", "文章有變動，清單已即時跟進"},
	"today.nothing":    {"nothing has changed", "没有变化", "沒有變化"},
	"today.review":     {"To be reviewed", "待审阅", "待審閱"},
	"today.refresh-of": {"the refresh of %s", "%s 的更新", "%s 的更新"},
	"today.trouble":    {"What is wrong", "问题", "問題"},
	"today.tell":       {"Whoever runs the server should know this:", "请将以下信息转告服务器管理员：", "請將以下資訊轉告伺服器管理員："},

	"today.pins":       {"Pins to look at", "需要查看的固定链接", "需要查看的釘選連結"},
	"today.no-pins":    {"No pin ends within three days, and all point at articles on the site.", "三天内没有到期的固定链接，所有目标文章均在站上。", "三天內沒有到期的釘選連結，所有目標文章均在站上。"},
	"today.ends":       {"ends %s", "%s 到期", "%s 到期"},
	"today.under":      {"Under", "所在文章：", "所在文章："},
	"today.without":    {"Articles without links", "没有链接的文章", "沒有連結的文章"},
	"today.all":        {"All %d", "全部 %d 篇", "全部 %d 篇"},
	"today.all-linked": {"Every article on the site has links.", "站上每篇文章都有链接。", "站上每篇文章都有連結。"},
}
