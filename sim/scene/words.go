package scene

import (
	"slices"
	"strings"
)

// A phrase is a text of the picture in each language.
type phrase struct{ en, zh string }

func (p phrase) in(lang string) string {
	if strings.HasPrefix(lang, "zh") {
		return p.zh
	}
	return p.en
}

var (
	wordTeacher   = phrase{"Teacher", "教师"}
	wordStudent   = phrase{"Student", "学生"}
	wordLayer     = phrase{", layer ", "，层 "}
	wordOf        = phrase{" of ", "/"}
	wordSays      = phrase{" says ", "预测 "}
	wordWidth     = phrase{"line width: attention A", "线宽：注意力 A"}
	wordLayers    = phrase{" layers × ", " 层 × "}
	wordLogits    = phrase{"logits", "输出"}
	wordAttention = phrase{"attention", "注意力"}
	wordDistance  = phrase{"dissimilarity", "差异"}
	wordProduct   = phrase{"their product", "乘积"}
	wordLabel     = phrase{"class", "标签"}
	wordRight     = phrase{"right", "正确"}
	wordWrong     = phrase{"wrong", "错误"}
	wordWaiting   = phrase{"Waiting for the first step.", "等待第一步。"}
	wordNoMessage = phrase{"No messages in this step.", "此步无消息。"}
	wordNoAlign   = phrase{"No layer alignment", "无层对齐"}
	wordFromLabel = phrase{"This student learns from the labels alone.", "此学生只从标签学习。"}
	wordFromKD    = phrase{"This student learns from the teacher's outputs alone.", "此学生只从教师的输出学习。"}
	wordFromOther = phrase{"This criterion compares no pairs of layers.", "此方法不比较层对。"}
	wordTeaching  = phrase{"The teacher is still learning.", "教师正在学习。"}
	wordForward   = phrase{"forward", "前向"}
	wordLoss      = phrase{"loss", "损失"}
	wordBackward  = phrase{"backward", "反向"}
	wordUpdate    = phrase{"update", "更新"}
	wordOwn       = phrase{"its own share", "自身"}
	wordBias      = phrase{"bias", "偏置"}
	wordSum       = phrase{"sum", "总和"}

	wordDeciding    = phrase{"attention A, from the first epoch to now", "注意力 A：从第一轮到现在"}
	wordTemperature = phrase{"temperature ", "温度 "}
	wordCosine      = phrase{"mean cosine ", "平均余弦 "}
	wordEpoch       = phrase{"epoch", "轮"}
	wordTaught      = phrase{"Taught student", "受教学生"}
	wordAlone       = phrase{"Student alone", "独学学生"}
	wordTaughtOne   = phrase{"Taught", "受教"}
	wordAloneOne    = phrase{"Alone", "独学"}
	wordWeights     = phrase{" weights", " 个权重"}
	wordSmaller     = phrase{"× smaller", " 倍小"}
	wordSoft        = phrase{"soft labels", "软标签"}
	wordLayersOf    = phrase{"layers", "层"}
	wordTests       = phrase{" test nodes, one dot each", " 个测试节点，每点一个"}
	wordNoTests     = phrase{"This split has no test nodes.", "没有测试节点。"}
	wordNoAnswers   = phrase{"The answers come with the next step.", "等待下一步。"}
	wordOnlyTaught  = phrase{"only the taught one is right: ", "只有受教学生正确："}
	wordOnlyAlone   = phrase{"only the one alone is right: ", "只有独学学生正确："}
)

// Node types and relations are named by the data; these are the ones that
// have a translation. Anything else is shown as it is named.
var names = map[string]phrase{
	"paper":           {"paper", "论文"},
	"author":          {"author", "作者"},
	"institution":     {"institution", "机构"},
	"field":           {"field", "领域"},
	"field_of_study":  {"field", "领域"},
	"member":          {"member", "会员"},
	"node":            {"node", "节点"},
	"cites":           {"cites", "引用"},
	"writes":          {"writes", "撰写"},
	"affiliated_with": {"affiliated with", "隶属"},
	"has_topic":       {"has topic", "主题"},
	"friend":          {"friend", "朋友"},
	"friends":         {"friends", "朋友"},
}

func named(s, lang string) string {
	if p, ok := names[s]; ok {
		return p.in(lang)
	}
	if strings.IndexByte(s, '_') >= 0 {
		return strings.ReplaceAll(s, "_", " ")
	}
	return s
}

// Words returns every text that a picture may show by itself, in every
// language: what a font must be able to write.
func Words() (all []string) {
	for _, p := range []phrase{
		wordTeacher, wordStudent, wordLayer, wordOf, wordSays, wordWidth, wordLayers, wordLogits, wordAttention, wordDistance,
		wordProduct, wordLabel, wordRight, wordWrong, wordWaiting, wordNoMessage, wordNoAlign, wordFromLabel, wordFromKD,
		wordFromOther, wordTeaching, wordForward, wordLoss, wordBackward, wordUpdate, wordOwn, wordBias, wordSum,
		wordDeciding, wordEpoch, wordCosine, wordTemperature, wordTaught, wordAlone, wordTaughtOne, wordAloneOne, wordWeights, wordSmaller, wordSoft, wordLayersOf, wordTests, wordNoTests, wordNoAnswers, wordOnlyTaught, wordOnlyAlone,
	} {
		all = append(all, p.en, p.zh)
	}
	for _, p := range names {
		all = append(all, p.en, p.zh)
	}
	slices.Sort(all)
	return append(all, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789.-+NaInf", "Σ = × → A·D ✓ − ...", "relu elu z h y |m|")
}
