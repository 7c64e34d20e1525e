package kd

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// batchEps is added to the variance, as in the heads of FitNet.
const batchEps = 1e-5

// batchNorm is the batch normalisation of Ioffe and Szegedy,
// https://arxiv.org/abs/1502.03167, with the statistics of the batch and the
// ReLU that follows it in the heads of FitNet. Column by column,
//
//	c = z + b - mean(z + b)   σ = √(mean(c²) + ε)   x = c/σ
//	y = max(γ·x + β, 0)
//
// b drops out of c, so dL/db = 0: it is a parameter only because the head as
// published has it.
type batchNorm struct {
	mat               *mat.Backend
	bias, gamma, beta *gnn.Param // b, γ, β [1 × d]

	x, y, dz   mat.Matrix // [n × d]
	mean, std  mat.Matrix // [1 × d]
	sum, sumXG mat.Matrix // [1 × d]
}

func newBatchNorm(name string, d int) *batchNorm {
	b := &batchNorm{
		bias:  gnn.NewParam(name+".bias", 1, d),
		gamma: gnn.NewParam(name+".gamma", 1, d),
		beta:  gnn.NewParam(name+".beta", 1, d),
		mean:  mat.New(1, d), std: mat.New(1, d), sum: mat.New(1, d), sumXG: mat.New(1, d),
	}
	for i := range b.gamma.W.Data {
		b.gamma.W.Data[i] = 1
	}
	return b
}

// forward sets y; z is overwritten by z + b.
func (b *batchNorm) forward(z mat.Matrix) {
	b.x = b.x.Reshape(z.Rows, z.Cols)
	b.y = b.y.Reshape(z.Rows, z.Cols)
	b.mat.AddBias(z, b.bias.W)
	b.mat.MeanRows(b.mean, z)
	b.std.Zero()
	for v := range z.Rows {
		x := b.x.Row(v)
		for k, zk := range z.Row(v) {
			x[k] = zk - b.mean.Data[k]
			b.std.Data[k] += float32(x[k] * x[k])
		}
	}
	n := float32(max(z.Rows, 1))
	for k, s := range b.std.Data {
		b.std.Data[k] = float32(math.Sqrt(float64(s/n + batchEps)))
	}
	for v := range z.Rows {
		x, y := b.x.Row(v), b.y.Row(v)
		for k := range x {
			x[k] /= b.std.Data[k]
			y[k] = max(float32(b.gamma.W.Data[k]*x[k])+b.beta.W.Data[k], 0)
		}
	}
}

// backward returns dL/dz, valid until the next call. With g = dy where y > 0,
//
//	dβ = Σ g   dγ = Σ x·g   dz = γ/σ · (g - mean(g) - x·mean(x·g))
func (b *batchNorm) backward(dy mat.Matrix) mat.Matrix {
	b.dz = b.dz.Reshape(dy.Rows, dy.Cols)
	b.mat.ReLUBackward(b.dz, dy, b.y)
	b.sum.Zero()
	b.sumXG.Zero()
	b.mat.AddColumnSums(b.sum, b.dz)
	for v := range dy.Rows {
		x := b.x.Row(v)
		for k, g := range b.dz.Row(v) {
			b.sumXG.Data[k] += float32(x[k] * g)
		}
	}
	b.mat.Axpy(1, b.sum, b.beta.G)
	b.mat.Axpy(1, b.sumXG, b.gamma.G)
	n := float32(max(dy.Rows, 1))
	for v := range dy.Rows {
		x, dz := b.x.Row(v), b.dz.Row(v)
		for k, g := range dz {
			g -= b.sum.Data[k] / n
			g -= float32(x[k] * (b.sumXG.Data[k] / n))
			dz[k] = b.gamma.W.Data[k] / b.std.Data[k] * g
		}
	}
	return b.dz
}
