package editor

// frameTexts are the texts around every page, and those that many pages use.
var frameTexts = table{
	"frame.skip":     {"To the content", "跳到内容", "跳到內容"},
	"frame.nav":      {"Pages", "页面", "頁面"},
	"frame.account":  {"Your account", "你的账号", "你的帳號"},
	"frame.actions":  {"Actions", "操作", "操作"},
	"frame.language": {"Language", "语言", "語言"},
	"frame.stale":    {"The links are %s old, and articles have changed since.", "当前链接已有%s未更新，其间文章有变动。", "目前的連結已有%s未更新，其間文章有變動。"},
	"frame.once":     {"Copy it now: it is not shown again.", "请现在复制，之后不再显示。", "請現在複製，之後不再顯示。"},

	"nav.today":      {"Today", "今日", "今日"},
	"nav.articles":   {"Articles", "文章", "文章"},
	"nav.rules":      {"Rules", "规则", "規則"},
	"nav.changes":    {"Changes", "变更", "變更"},
	"nav.evaluation": {"Evaluation", "评估", "評估"},
	"nav.history":    {"History", "历史", "歷史"},
	"nav.settings":   {"Settings", "设置", "設定"},

	"role.viewer": {"Viewer", "查看者", "檢視者"},
	"role.editor": {"Editor", "编辑", "編輯"},
	"role.admin":  {"Admin", "管理员", "管理員"},

	"ago":          {"%s ago", "%s前", "%s前"},
	"ago.now":      {"just now", "刚刚", "剛剛"},
	"span.minutes": {"%d minute|%d minutes", "%d 分钟", "%d 分鐘"},
	"span.hours":   {"%d hour|%d hours", "%d 小时", "%d 小時"},
	"span.days":    {"%d day|%d days", "%d 天", "%d 天"},

	"problem.none":       {"There is no such page", "没有这个页面", "沒有這個頁面"},
	"problem.forbidden":  {"This is not possible", "无法执行", "無法執行"},
	"problem.request":    {"This did not work", "没有成功", "沒有成功"},
	"problem.broken":     {"Something went wrong here", "服务器出错了", "伺服器出錯了"},
	"problem.later":      {"Nothing was changed. Try again; if it stays so, tell whoever runs the server.", "没有任何更改。请重试；若仍不行，请联系服务器管理员。", "沒有任何更改。請重試；若仍不行，請聯絡伺服器管理員。"},
	"problem.request-id": {"Number of the request:", "请求编号：", "請求編號："},
	"problem.role":       {"This needs the role %s; yours is %s.", "此操作需要“%s”角色，你的角色是“%s”。", "此操作需要「%s」角色，你的角色是「%s」。"},
	"problem.origin":     {"The request came from another site. Nothing was changed.", "请求来自其他网站，没有任何更改。", "請求來自其他網站，沒有任何更改。"},
	"problem.csrf":       {"The page is from an earlier session. Nothing was changed; reload the page and try again.", "页面来自之前的会话，没有任何更改；请刷新页面后重试。", "頁面來自先前的工作階段，沒有任何更改；請重新載入後再試。"},
	"problem.method":     {"This address is not asked for in that way.", "此地址不接受这种请求。", "此網址不接受這種請求。"},
	"problem.slow":       {"The request did not come in time. Try again.", "请求没有及时送达，请重试。", "請求沒有及時送達，請重試。"},
	"problem.large":      {"What was sent is too large. Nothing was changed.", "发送的内容过大，没有任何更改；文件请分批导入。", "傳送的內容過大，沒有任何更改；檔案請分批匯入。"},
	"problem.many":       {"There were too many requests. Wait for a moment and try again.", "请求过于频繁，请稍候再试。", "請求過於頻繁，請稍候再試。"},
	"problem.home":       {"To the first page", "回到首页", "回到首頁"},
}
