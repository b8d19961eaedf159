package editor

// clicksTexts are those about clicks, of the pages Articles and Article.
var clicksTexts = table{
	"articles.most-clicked": {"Most clicked", "点击最多", "點擊最多"},

	"clicks.out":      {"Clicks on its links", "链出点击", "連出點擊"},
	"clicks.in":       {"Clicks to it", "链入点击", "連入點擊"},
	"clicks.to":       {"%d click to it|%d clicks to it", "链入点击 %d 次", "連入點擊 %d 次"},
	"clicks.period":   {"Clicks of the last %d days, as of %s.", "点击数为最近 %d 天，截至 %s。", "點擊數為最近 %d 天，截至 %s。"},
	"clicks.counting": {"Clicks are being counted; reload in a moment.", "正在统计点击，请稍后刷新。", "正在統計點擊，請稍後重新載入。"},
	"clicks.failed":   {"Clicks cannot be counted at present: the event log cannot be read.", "目前无法统计点击：事件日志读取失败。", "目前無法統計點擊：事件記錄讀取失敗。"},
	"clicks.rare":     {"Of links that were seen rarely some clicks are left out.", "很少被看到的链接，部分点击未计入。", "很少被看到的連結，部分點擊未計入。"},

	"clicks.list":       {"A link was followed in %d of %d lists that readers saw: %s %% (%s–%s %%).", "读者看到的列表中，点击过链接的有 %d / %d 次：%s%%（%s–%s%%）。", "讀者看到的清單中，點擊過連結的有 %d / %d 次：%s%%（%s–%s%%）。"},
	"clicks.list-total": {"%d click in all.|%d clicks in all.", "共 %d 次点击。", "共 %d 次點擊。"},
	"clicks.list-never": {"No reader has seen this list so far.", "还没有读者看到此列表。", "還沒有讀者看到此清單。"},
	"clicks.bars":       {"Brackets and bars, which end at %s %%, hold the true rate with 95 %% confidence, if every list had another reader. Higher places get more clicks.", "括号与横条（右端为 %s%%）为 95%% 置信区间，假定每次都是不同读者。位置越靠前，点击越多。", "括號與橫條（右端為 %s%%）為 95%% 信賴區間，假定每次都是不同讀者。位置越靠前，點擊越多。"},
	"clicks.link":       {"followed %d of %d times · %s %% (%s–%s %%)", "点击 %d / %d 次 · %s%%（%s–%s%%）", "點擊 %d / %d 次 · %s%%（%s–%s%%）"},
	"clicks.link-read":  {"%d click in the %d times that it was seen: %s percent, between %s and %s|%d clicks in the %d times that it was seen: %s percent, between %s and %s", "点击 %d 次，被看到 %d 次：百分之 %s，区间 %s 至 %s", "點擊 %d 次，被看到 %d 次：百分之 %s，區間 %s 至 %s"},
	"clicks.never":      {"not seen yet", "尚未被看到", "尚未被看到"},
	"clicks.never-rare": {"hardly seen", "极少被看到", "極少被看到"},
}
