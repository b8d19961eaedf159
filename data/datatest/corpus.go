package datatest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// CorpusOptions shape a corpus. The zero value is the default.
type CorpusOptions struct {
	Seed      uint64      // other texts for another seed
	Texts     int         // texts, each in every language; 0: 32
	Sentences int         // of a body; 0: 8
	Langs     []data.Lang // of en, zh-Hans and zh-Hant; nil: en alone
	Start     time.Time   // when the first text was published, the next ones a day later each; zero: 2026-01-01
}

func (o CorpusOptions) withDefaults() CorpusOptions {
	if o.Texts == 0 {
		o.Texts = 32
	}
	if o.Sentences == 0 {
		o.Sentences = 8
	}
	if o.Langs == nil {
		o.Langs = []data.Lang{"en"}
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return o
}

// Corpus makes valid articles in id order whose subjects are known: text i is
// about subject i mod Subjects, which is its Section, and shares few words with
// other subjects. The article of the first language has the id "0007", the
// others "0007-zh-Hant", as its translations. Equal options give equal articles.
func Corpus(o CorpusOptions) []data.Article {
	o = o.withDefaults()
	var articles []data.Article
	for i := range o.Texts {
		s := subjects[i%len(subjects)]
		original := data.ArticleID(fmt.Sprintf("%04d", i))
		for n, lang := range o.Langs {
			a := data.Article{
				ID: original, Lang: lang, Section: s.name, Tags: []string{s.name}, Authors: []string{authors[i%len(authors)]},
				URL:   fmt.Sprintf("https://news.example/%s/%04d", lang, i),
				Image: data.Image{Src: fmt.Sprintf("/pictures/%04d.svg", i), Alt: s.name}, Type: "article",
				PublishedAt: o.Start.AddDate(0, 0, i).UTC(), State: data.Published,
			}
			if n > 0 {
				a.ID, a.TranslationOf = original+"-"+data.ArticleID(lang), original
			}
			// The same draws in every language make translations of one another.
			a.Title, a.Body = s.write(lang, o.Sentences, rand.New(rand.NewPCG(o.Seed, uint64(i))))
			articles = append(articles, a)
		}
	}
	return articles
}

// Subjects is how many subjects a corpus has.
var Subjects = len(subjects)

var authors = []string{"Ada Brook", "Lin Mei", "Tomas Reed", "Noor Hale", "Ines Park"}

// A subject is what texts are about: its words, at the same place in every language.
type subject struct {
	name  string
	words map[data.Lang][]string
}

// write makes a title and a body.
func (s *subject) write(lang data.Lang, sentences int, r *rand.Rand) (title, body string) {
	words, ok := s.words[lang]
	if !ok {
		panic("datatest: no words in " + string(lang))
	}
	fill := func(template string) string {
		first := r.IntN(len(words))
		second := (first + 1 + r.IntN(len(words)-1)) % len(words)
		return strings.NewReplacer("{1}", words[first], "{2}", words[second]).Replace(template)
	}
	frames := templates[lang]
	title = fill(frames[0])
	var b strings.Builder
	for i := range sentences {
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(fill(frames[1+r.IntN(len(frames)-1)]))
	}
	return title, b.String()
}

// templates are sentences with places for two words; the first is for titles.
var templates = map[data.Lang][]string{
	"en": {
		"What {1} means for {2}",
		"The report on {1} says much about {2}.",
		"Nobody expected {1} to change {2} so soon.",
		"Where {1} is dear, {2} becomes a question of money.",
		"Last year {1} and {2} were discussed together for the first time.",
		"Without {1} there would be no talk of {2} at all.",
		"Those who know {1} warn that {2} cannot wait.",
	},
	"zh-Hans": {
		"{1}对{2}意味着什么", "关于{1}的报告谈到了{2}。", "没有人料到{1}会这么快改变{2}。", "在{1}昂贵的地方，{2}成了钱的问题。",
		"去年{1}和{2}第一次被放在一起讨论。", "没有{1}，就谈不上{2}。", "了解{1}的人提醒说，{2}不能再等。",
	},
	"zh-Hant": {
		"{1}對{2}意味著什麼", "關於{1}的報告談到了{2}。", "沒有人料到{1}會這麼快改變{2}。", "在{1}昂貴的地方，{2}成了錢的問題。",
		"去年{1}和{2}第一次被放在一起討論。", "沒有{1}，就談不上{2}。", "瞭解{1}的人提醒說，{2}不能再等。",
	},
}

func newSubject(name, en, hans, hant string) subject {
	return subject{name, map[data.Lang][]string{
		"en": strings.Split(en, ", "), "zh-Hans": strings.Split(hans, "，"), "zh-Hant": strings.Split(hant, "，"),
	}}
}

var subjects = []subject{
	newSubject("housing",
		"rents, tenants, landlords, apartments, mortgages, building permits, evictions, social housing, leases, vacant flats",
		"房租，租户，房东，公寓，房贷，建筑许可，驱逐，社会住房，租约，空置房",
		"房租，租戶，房東，公寓，房貸，建築許可，驅逐，社會住房，租約，空置房"),
	newSubject("ports",
		"harbours, container ships, cranes, dockers, freight rates, customs, tugboats, shipping lanes, warehouses, cargo",
		"港口，集装箱船，起重机，码头工人，运费，海关，拖船，航道，仓库，货物",
		"港口，貨櫃船，起重機，碼頭工人，運費，海關，拖船，航道，倉庫，貨物"),
	newSubject("farming",
		"harvests, wheat, irrigation, orchards, fertiliser, dairy cows, drought, seeds, tractors, soil",
		"收成，小麦，灌溉，果园，化肥，奶牛，干旱，种子，拖拉机，土壤",
		"收成，小麥，灌溉，果園，化肥，乳牛，乾旱，種子，拖拉機，土壤"),
	newSubject("chips",
		"semiconductors, wafers, foundries, lithography, transistors, export controls, memory chips, clean rooms, processors, silicon",
		"半导体，晶圆，代工厂，光刻，晶体管，出口管制，存储芯片，洁净室，处理器，硅",
		"半導體，晶圓，代工廠，光刻，電晶體，出口管制，記憶體晶片，無塵室，處理器，矽"),
	newSubject("health",
		"hospitals, nurses, vaccines, waiting lists, surgeons, clinics, infections, prescriptions, ambulances, patients",
		"医院，护士，疫苗，候诊名单，外科医生，诊所，感染，处方，救护车，病人",
		"醫院，護理師，疫苗，候診名單，外科醫生，診所，感染，處方，救護車，病人"),
	newSubject("schools",
		"teachers, classrooms, pupils, exams, homework, curricula, textbooks, tuition, kindergartens, diplomas",
		"教师，教室，学生，考试，家庭作业，课程，课本，学费，幼儿园，文凭",
		"教師，教室，學生，考試，家庭作業，課程，課本，學費，幼兒園，文憑"),
	newSubject("football",
		"goalkeepers, penalties, strikers, referees, the league, transfers, stadiums, corner kicks, coaches, supporters",
		"守门员，点球，前锋，裁判，联赛，转会，球场，角球，教练，球迷",
		"守門員，十二碼球，前鋒，裁判，聯賽，轉會，球場，角球，教練，球迷"),
	newSubject("climate",
		"emissions, glaciers, sea level, carbon prices, heat waves, coal plants, wind turbines, solar panels, floods, the atmosphere",
		"排放，冰川，海平面，碳价，热浪，煤电厂，风力涡轮机，太阳能板，洪水，大气",
		"排放，冰川，海平面，碳價，熱浪，燃煤電廠，風力渦輪機，太陽能板，洪水，大氣"),
}
