package kd

import (
	"fmt"
	"math"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// KD is the distillation of logits of Hinton, Vinyals and Dean,
// https://arxiv.org/abs/1503.02531. With t and s the logits [n × c] and T the
// temperature,
//
//	p = softmax(t/T)   q = softmax(s/T)
//	L = T² · 1/n Σ_v Σ_c p_vc · log(p_vc / q_vc)
//
// T² keeps the size of the gradient independent of the temperature. It
// compares the last layers only and has no parameters.
type KD struct {
	mat         *mat.Backend
	temperature float32
	diff        mat.Matrix // q - p [n × c]
}

// NewKD returns the criterion at the given temperature.
func NewKD(temperature float64) (*KD, error) {
	if !(temperature > 0) || math.IsInf(temperature, 1) {
		return nil, fmt.Errorf("kd: KD: temperature is %v, want a finite number above 0", temperature)
	}
	return &KD{temperature: float32(temperature)}, nil
}

// Params returns none.
func (k *KD) Params() []*gnn.Param { return nil }

// Loss returns L on the last layers of l.
func (k *KD) Loss(l Layers) float64 {
	t, s := l.Teacher[len(l.Teacher)-1], l.Student[len(l.Student)-1]
	if t.Rows != s.Rows || t.Cols != s.Cols {
		panic(fmt.Sprintf("kd: KD.Loss: logits of the teacher are %v and of the student %v, want the same (nodes × classes)", t, s))
	}
	k.diff = k.diff.Reshape(s.Rows, s.Cols)
	sum := 0.0
	for v := range s.Rows {
		sum += divergence(t.Row(v), s.Row(v), k.diff.Row(v), k.temperature)
	}
	T := float64(k.temperature)
	return T * T / float64(max(s.Rows, 1)) * sum
}

// divergence returns KL(p||q) of p = softmax(t/T) and q = softmax(s/T), and
// sets diff to q - p. The logarithms are differences of shifted logits,
// log p_c = t_c/T - log Σ exp, so that a probability that underflows gives 0
// and not NaN.
func divergence(t, s, diff []float32, T float32) float64 {
	topT, sumT := logSumExp(t, T)
	topS, sumS := logSumExp(s, T)
	kl := 0.0
	for c := range s {
		logP := float64((t[c]-topT)/T - sumT)
		logQ := float64((s[c]-topS)/T - sumS)
		p, q := float32(math.Exp(logP)), float32(math.Exp(logQ))
		kl += float64(float64(p) * (logP - logQ))
		diff[c] = q - p
	}
	return kl
}

// logSumExp returns the largest element of x and log Σ exp((x - largest)/T).
func logSumExp(x []float32, T float32) (top, sum float32) {
	top = x[0]
	for _, v := range x {
		top = max(top, v)
	}
	for _, v := range x {
		sum += float32(math.Exp(float64((v - top) / T)))
	}
	return top, float32(math.Log(float64(sum)))
}

// Backward adds scale·dL/ds = scale · T/n · (q - p) to the last entry of grad.
func (k *KD) Backward(scale float32, grad []mat.Matrix) {
	n := float32(max(k.diff.Rows, 1))
	k.mat.Axpy(scale*k.temperature/n, k.diff, grad[len(grad)-1])
}
