// Package token cuts texts into tokens, the terms of a vocabulary, by script and
// language. Its Tokenisers are those of nlp.
//
// Every text is normalised (compatibility forms, case, invisible characters, vowel
// points), then cut by script:
//
//   - Chinese, Japanese and Korean: each two neighbouring characters of a run; a lone
//     character as it is. Latin words and numbers between them stay whole.
//   - Thai, Lao, Khmer and Burmese, which set no spaces either: each three neighbours.
//   - all else: the words of Unicode's text segmentation, UAX #29.
//
// Traditional Chinese is counted as Simplified. In languages that are known, words such
// as "the" are left out, and words lose their endings; [Rules] switch either off.
// Stop words are known in 33 languages, endings in 18: ar da de en es fi fr ga hu it nl
// no (nb, nn) pt ro ru sv ta tr. Words of other languages, and of texts whose language
// is not known, stay as they are.
//
// Lists and tables are read when the first text comes that needs them: 134 kB for
// Chinese characters (32 ms), 8 to 16 kB for the stop words of a language, 280 kB for
// those of all; 60 kB for characters beyond ASCII.
//
// Whoever counts tokens asks an [Indexer] for their numbers.
//
// # Decisions
//
// A token holds a letter or a digit: punctuation, symbols and emoji are left out.
// Numbers stay. Without those that are only digits, purity@10 of reuters21578 was
// .8035 (with them .8033) and hr@10 of ibm_community .0528 (.0534), and a year or a
// model's number can be what two articles share. Single letters stay for the same
// reason (without them: .8034 and .0542).
//
// No pairs of words. With the pairs found in five texts or more as further terms,
// purity@10 of reuters21578 fell from .803 to .793 and hr@10 of ibm_community from
// .0534 to .0520, for a vocabulary of two and a half times the size.
//
// Chinese and Japanese: two characters, not three as well. LSA's purity@10 of
// drcd_zh_hant is .8636 with two, .8617 with two and three, .8600 with one too and .7955
// with three alone; as cosine of tf-idf .8435, .8365, .8361 and .7544. A lower weight
// for three (.5) leads to .8643, other weightings of terms leave the order: .8695
// against .8656 with a plain idf, .8743 against .8660 with entropy. Nor do three help
// posts of ruby_lang_news find what their English versions are near to (overlap@10,
// Latin words and numbers left out): .519 against .518 in zh_cn, .561 against .543 in
// zh_tw, .479 against .476 in ja. The vocabulary would be 63,161 terms instead of
// 36,296. Terms weighted by more than their number might change that.
//
// Stop characters: an n-gram is left out if all its characters are on the list, or it
// is itself. With the first rule purity@10 of drcd_zh_hant rose from .8695 to .8706
// (plain idf). Leaving out all n-grams with one such character (.8715) also cuts 会议
// and 能源 apart. For lack of texts to measure, the number of three for Thai and its
// like is argued: a syllable has about three letters.
//
// Korean is cut into pairs of syllables within words, as particles stick to the words:
// posts of ruby_lang_news then agree with their English versions at overlap@10 .502,
// with words at .472, with words off which thirty particles were taken .497, with
// threes beside the pairs .482.
//
// Traditional to Simplified: characters that conversion either way may make of one
// another are a class, after OpenCC's tables (common, Taiwan's and Hong Kong's), and a
// class is counted as one character. It knows of no phrases, and needs none: where a
// phrase tells OpenCC which character to take, as in 瞭解 and 瞭望, both are in one
// class. So it is that a corpus in one script has the neighbours that it has in the
// other, however it was converted (overlap@10 1.0000 on drcd_zh_hant to Simplified and
// on ruby_lang_news's zh_cn to Traditional), and that 3 of OpenCC's 49,562 phrases
// differ. Words that Taiwan has for others, as 軟體 for 软件, stay: OpenCC's table
// exchanges 文件 for 文檔 and 檔案 for 文件, so that what texts of the mainland say
// would have to be told first. Texts whose language is not known are folded if they
// have Han characters and no kana. Japanese and Korean are not.
//
// Letters: in Turkish and Azerbaijani I is the capital of ı; in Russian ё is е; in
// Arabic alef is without hamza and madda; in Persian and Urdu yeh and kaf are those of
// Arabic keyboards too. Zero-width non-joiners, which Persian sets within words, are
// removed, and the word stays one.
//
// Stop lists are the short ones of Snowball and Lucene: that of stopwords-iso has 1,298
// English words, "research" and "world" among them. The ones of bleve stand in
// packages that bring the whole search engine and its storage into the binary. Those for
// English, Chinese, Japanese and Korean are our own. On the posts of ruby_lang_news
// neither lists nor endings do much: overlap@10 with English is .612 in de, .704 in fr,
// .700 in es, .560 in ru; without lists .624, .725, .696, .571; without stemming .620,
// .684, .697, .562.
//
// Words of more than 64 bytes are left out: they are addresses, keys and checksums.
//
// Most texts are of letters about which Unicode's rules say little: a letter joins a
// letter, and one normal form is that of its characters one by one. For ASCII, and for
// 2,900 characters more in alphabets from Latin to Arabic, kana, punctuation and
// symbols, a table says so. It is filled by asking the libraries, character by
// character, when a text first needs it. What stands between white space and holds any
// other character goes to the libraries. Tests hold both ways to the same tokens. An
// Indexer remembers 65,536 words with their numbers, in 4 MB, and forgets all when a
// further one comes: in 12 million words of 37,958 English articles it looked up stop
// words and stems 173,000 times (of 16,384 words 566,000 times, of 131,072 words 116,000
// times), there being 91,000 terms. Processor time for 2.7 kB of English fell from
// 150 µs to 18 µs, of German from 290 µs to 35 µs, of French from 450 µs to 42 µs, of
// Chinese from 200 µs to 80 µs; of Thai, which the tables do not have, it stayed.
package token
