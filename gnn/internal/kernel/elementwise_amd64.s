//go:build !purego

#include "textflag.h"

// Eight lanes that are on, then eight that are off: the mask of n lanes lies
// 4n bytes before the middle.
DATA ·lanes+0(SB)/8, $-1
DATA ·lanes+8(SB)/8, $-1
DATA ·lanes+16(SB)/8, $-1
DATA ·lanes+24(SB)/8, $-1
DATA ·lanes+32(SB)/8, $0
DATA ·lanes+40(SB)/8, $0
DATA ·lanes+48(SB)/8, $0
DATA ·lanes+56(SB)/8, $0
GLOBL ·lanes(SB), RODATA|NOPTR, $64

// MASK sets mask to the lanes that n elements leave after full vectors, and
// rest to their number.
#define MASK(n, rest, mask) \
	LEAQ ·lanes+32(SB), AX; \
	MOVQ n, rest; \
	ANDQ $7, rest; \
	SHLQ $2, rest; \
	SUBQ rest, AX; \
	SHRQ $2, rest; \
	VMOVUPS (AX), mask

// func axpy(n int, a float32, x, y *float32)
TEXT ·axpy(SB), NOSPLIT, $0-32
	MOVQ n+0(FP), CX
	VBROADCASTSS a+8(FP), Y1
	MOVQ x+16(FP), SI
	MOVQ y+24(FP), DI
	MASK(CX, R8, Y15)
	SHRQ $3, CX
	JZ   rest
loop:
	VMULPS (SI), Y1, Y0
	VADDPS (DI), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  loop
rest:
	TESTQ R8, R8
	JZ   done
	VMASKMOVPS (SI), Y15, Y0
	VMASKMOVPS (DI), Y15, Y2
	VMULPS Y0, Y1, Y0
	VADDPS Y2, Y0, Y0
	VMASKMOVPS Y0, Y15, (DI)
done:
	VZEROUPPER
	RET

// func scale(n int, a float32, x *float32)
TEXT ·scale(SB), NOSPLIT, $0-24
	MOVQ n+0(FP), CX
	VBROADCASTSS a+8(FP), Y1
	MOVQ x+16(FP), SI
	MASK(CX, R8, Y15)
	SHRQ $3, CX
	JZ   rest
loop:
	VMULPS (SI), Y1, Y0
	VMOVUPS Y0, (SI)
	ADDQ $32, SI
	DECQ CX
	JNZ  loop
rest:
	TESTQ R8, R8
	JZ   done
	VMASKMOVPS (SI), Y15, Y0
	VMULPS Y0, Y1, Y0
	VMASKMOVPS Y0, Y15, (SI)
done:
	VZEROUPPER
	RET

// func biasMax(rows, width int, y, bias *float32, least float32)
//
// Where an operand of VMAXPS is NaN, or both are zeros, the first one as
// written here wins: y.
TEXT ·biasMax(SB), NOSPLIT, $0-36
	MOVQ rows+0(FP), R9
	MOVQ width+8(FP), R10
	MOVQ y+16(FP), DI
	MOVQ bias+24(FP), BX
	VBROADCASTSS least+32(FP), Y1
	MASK(R10, R8, Y15)
	SHRQ $3, R10
row:
	MOVQ BX, SI
	MOVQ R10, CX
	TESTQ CX, CX
	JZ   rest
loop:
	VMOVUPS (DI), Y0
	VADDPS (SI), Y0, Y0
	VMAXPS Y0, Y1, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  loop
rest:
	TESTQ R8, R8
	JZ   next
	VMASKMOVPS (DI), Y15, Y0
	VMASKMOVPS (SI), Y15, Y2
	VADDPS Y2, Y0, Y0
	VMAXPS Y0, Y1, Y0
	VMASKMOVPS Y0, Y15, (DI)
	LEAQ (DI)(R8*4), DI
next:
	DECQ R9
	JNZ  row
	VZEROUPPER
	RET

// func maskPositive(n int, dz, dy, y *float32)
TEXT ·maskPositive(SB), NOSPLIT, $0-32
	MOVQ n+0(FP), CX
	MOVQ dz+8(FP), DX
	MOVQ dy+16(FP), DI
	MOVQ y+24(FP), SI
	VXORPS Y1, Y1, Y1
	MASK(CX, R8, Y15)
	SHRQ $3, CX
	JZ   rest
loop:
	VCMPPS $1, (SI), Y1, Y0 // 0 < y, false for NaN
	VANDPS (DI), Y0, Y0
	VMOVUPS Y0, (DX)
	ADDQ $32, SI
	ADDQ $32, DI
	ADDQ $32, DX
	DECQ CX
	JNZ  loop
rest:
	TESTQ R8, R8
	JZ   done
	VMASKMOVPS (SI), Y15, Y0
	VMASKMOVPS (DI), Y15, Y2
	VCMPPS $1, Y0, Y1, Y0
	VANDPS Y2, Y0, Y0
	VMASKMOVPS Y0, Y15, (DX)
done:
	VZEROUPPER
	RET

// ADAM updates g Y0, m Y1, v Y2, w Y3.
#define ADAM \
	VMULPS Y1, Y8, Y1; \
	VMULPS Y0, Y9, Y4; \
	VADDPS Y4, Y1, Y1; \
	VMULPS Y2, Y10, Y2; \
	VMULPS Y0, Y11, Y4; \
	VMULPS Y0, Y4, Y4; \
	VADDPS Y4, Y2, Y2; \
	VSQRTPS Y2, Y5; \
	VDIVPS Y13, Y5, Y5; \
	VADDPS Y14, Y5, Y5; \
	VMULPS Y1, Y12, Y4; \
	VDIVPS Y5, Y4, Y4; \
	VSUBPS Y4, Y3, Y3

// func adam(n int, w, dw, m, v *float32, s *adamScalars)
TEXT ·adam(SB), NOSPLIT, $0-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ m+24(FP), DX
	MOVQ v+32(FP), BX
	MOVQ s+40(FP), R9
	VBROADCASTSS 0(R9), Y8   // beta1
	VBROADCASTSS 4(R9), Y9   // 1 - beta1
	VBROADCASTSS 8(R9), Y10  // beta2
	VBROADCASTSS 12(R9), Y11 // 1 - beta2
	VBROADCASTSS 16(R9), Y12 // LR/Correction1
	VBROADCASTSS 20(R9), Y13 // Correction2
	VBROADCASTSS 24(R9), Y14 // epsilon
	MASK(CX, R8, Y15)
	SHRQ $3, CX
	JZ   rest
loop:
	VMOVUPS (SI), Y0
	VMOVUPS (DX), Y1
	VMOVUPS (BX), Y2
	VMOVUPS (DI), Y3
	ADAM
	VMOVUPS Y1, (DX)
	VMOVUPS Y2, (BX)
	VMOVUPS Y3, (DI)
	ADDQ $32, SI
	ADDQ $32, DX
	ADDQ $32, BX
	ADDQ $32, DI
	DECQ CX
	JNZ  loop
rest:
	TESTQ R8, R8
	JZ   done
	VMASKMOVPS (SI), Y15, Y0
	VMASKMOVPS (DX), Y15, Y1
	VMASKMOVPS (BX), Y15, Y2
	VMASKMOVPS (DI), Y15, Y3
	ADAM
	VMASKMOVPS Y1, Y15, (DX)
	VMASKMOVPS Y2, Y15, (BX)
	VMASKMOVPS Y3, Y15, (DI)
done:
	VZEROUPPER
	RET
