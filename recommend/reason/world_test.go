package reason_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/reason"
)

// A corpus is texts in one language with the space that was fitted to them.
type corpus struct {
	articles []data.Article
	space    *lsa.Space
	terms    *embed.Sparse // terms × articles
	vectors  embed.Dense
}

func fit(t testing.TB, articles []data.Article, opts lsa.Options) *corpus {
	t.Helper()
	c := &corpus{articles: articles}
	opts.Fitted = func(_ string, a *embed.Sparse, _ *lsa.TruncatedSVD) {
		c.terms = &embed.Sparse{
			Rows: a.Rows, Cols: a.Cols, Ptr: slices.Clone(a.Ptr), Index: slices.Clone(a.Index), Value: slices.Clone(a.Value),
		}
	}
	model, vectors, err := lsa.Fit(context.Background(), func(yield func(embed.Text, error) bool) {
		for _, a := range articles {
			if !yield(textOf(a), nil) {
				return
			}
		}
	}, opts)
	if err != nil {
		t.Fatal(err)
	}
	c.space, c.vectors = model.Space(string(articles[0].Lang)), vectors
	return c
}

// textOf is the text that the model is fitted to.
func textOf(a data.Article) embed.Text {
	return embed.Text{Lang: string(a.Lang), Fields: []embed.Field{
		{Text: data.PlainText(a.Title), Weight: 3},
		{Text: data.PlainText(a.Summary), Weight: 2},
		{Text: strings.Join(a.Tags, "\n"), Weight: 2},
		{Text: data.PlainText(a.Body), Weight: 1},
	}}
}

func (c *corpus) side(i int) reason.Side {
	index, value := c.terms.Col(i)
	return reason.Side{Index: index, Value: value, Article: &c.articles[i]}
}

// written is articles in one language, of a title, a line break and a body each.
func written(lang data.Lang, texts ...string) (articles []data.Article) {
	for _, text := range texts {
		title, body, _ := strings.Cut(text, "\n")
		articles = append(articles, data.Article{Lang: lang, Title: title, Body: body})
	}
	return articles
}

var english = written("en",
	`Rent Control Returns to the Old Town
The council voted on Monday to bring back rent control. Tenants in the old town had asked for it since housing costs doubled. Mr. Vale, a landlord, called rent control a mistake. The housing office will watch the prices of flats.`,
	`Why Housing Costs Keep Rising
Nobody builds enough flats, and so housing costs rise. Economists doubt that rent control helps tenants for long. The U.S. Congress has looked into it. A city that wants cheap housing has to build, they say.`,
	`Landlords Sue Over New Rules
Landlords went to court against rent control on Friday. Their lawyers say that the rules take property without pay. Tenants waited outside.`,
	`Storm Closes the Harbour
A storm kept all ships in the harbour for two days. Waves broke over the pier and damaged three cranes.`,
	`New Cranes for the Harbour
The harbour has bought two cranes that can unload the largest ships. They stand on the new pier.`,
	`Ships Wait for the Tide
Three ships waited outside the harbour for the tide. The pier is closed until the storm has passed.`,
	`Wheat Fields Wait for Rain
Farmers sow wheat later than ever because there is no rain. The fields are dry, the farmers say.`,
	`Rain Spoils the Harvest
After a dry spring the rain came in harvest weeks. Farmers lost a third of the wheat in the fields.`,
	`School Opens a Workshop
Pupils learn to repair bicycles in the workshop of the school. Teachers found the tools in a cellar.`,
	`Teachers Ask for Smaller Classes
Teachers say that a school class of thirty pupils is too large. The school board will decide in May.`,
	`Council Raises Money for the School
The council gives the school money for a new roof. Pupils had lessons in the cellar when it rained.`,
	`Court Hears Case of the Broken Pier
The court heard lawyers of the builders of the pier. The storm damaged it within a week.`,
)

var chinese = written("zh-Hans",
	`市议会恢复房租管制
市议会周一表决恢复房租管制。旧城的租户早就要求这样做，因为住房费用翻了一倍。房东瓦尔说，房租管制是个错误！住房办公室将观察公寓的价格。`,
	`住房费用为何不断上涨
公寓建得不够，所以住房费用上涨。经济学家怀疑房租管制能否长期帮助租户。想要便宜住房的城市必须多建公寓。`,
	`房东起诉新规定
房东周五到法院起诉房租管制。律师说，这些规定夺走了财产。租户在外面等候。`,
	`风暴关闭港口
风暴让所有船只在港口停留两天。海浪打上码头，损坏了三台起重机。`,
	`港口购入新起重机
港口买了两台起重机，可以卸下最大的船只。它们安装在新的码头上。`,
	`船只等待涨潮
三艘船只在港口外等待涨潮。风暴过去之前，码头关闭。`,
	`麦田等待雨水
农民种小麦比往年晚，因为没有雨水。农民说，田地很干。`,
	`雨水毁了收成
干旱的春天之后，收成的几周下了雨水。农民损失了三分之一的小麦。`,
	`学校开办工作坊
学生在学校的工作坊里学习修理自行车。老师在地下室里找到工具。`,
	`老师要求小班上课
老师说，学校一个班三十名学生太多了。学校董事会五月决定。`,
)

// traditional are the first of the Chinese articles in the other script.
var traditional = written("zh-Hant",
	`市議會恢復房租管制
市議會週一表決恢復房租管制。舊城的租戶早就要求這樣做，因為住房費用翻了一倍。房東瓦爾說，房租管制是個錯誤！住房辦公室將觀察公寓的價格。`,
)
