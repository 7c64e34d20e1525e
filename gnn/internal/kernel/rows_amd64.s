//go:build !purego

#include "textflag.h"

// See elementwise_amd64.s.
#define MASK(n, rest, mask) \
	LEAQ ·lanes+32(SB), AX; \
	MOVQ n, rest; \
	ANDQ $7, rest; \
	SHLQ $2, rest; \
	SUBQ rest, AX; \
	SHRQ $2, rest; \
	VMOVUPS (AX), mask

// func addColumnSums(rows, width int, x, sum *float32)
//
// 32 columns at a time stay in registers while all rows pass, then 8, then
// those left. SI is at the top of the columns, AX at a row of them.
TEXT ·addColumnSums(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), R9
	MOVQ width+8(FP), R10
	MOVQ x+16(FP), SI
	MOVQ sum+24(FP), DI
	MASK(R10, R8, Y15)
	LEAQ (R10*4), R11
block:
	MOVQ SI, AX
	MOVQ R9, CX
	CMPQ R10, $32
	JGE  start32
	CMPQ R10, $8
	JGE  start8
	TESTQ R8, R8
	JZ   done

	VMASKMOVPS (DI), Y15, Y0
rest:
	VMASKMOVPS (AX), Y15, Y1
	VADDPS Y1, Y0, Y0
	ADDQ R11, AX
	DECQ CX
	JNZ  rest
	VMASKMOVPS Y0, Y15, (DI)
done:
	VZEROUPPER
	RET

start32:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
loop32:
	VADDPS (AX), Y0, Y0
	VADDPS 32(AX), Y1, Y1
	VADDPS 64(AX), Y2, Y2
	VADDPS 96(AX), Y3, Y3
	ADDQ R11, AX
	DECQ CX
	JNZ  loop32
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ $128, SI
	ADDQ $128, DI
	SUBQ $32, R10
	JMP  block

start8:
	VMOVUPS (DI), Y0
loop8:
	VADDPS (AX), Y0, Y0
	ADDQ R11, AX
	DECQ CX
	JNZ  loop8
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, R10
	JMP  block

// SUM adds the lanes of Y0, the halves first, and leaves the sum in X0.
#define SUM \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPS X1, X0, X0; \
	VMOVHLPS X0, X0, X1; \
	VADDPS X1, X0, X0; \
	VMOVSHDUP X0, X1; \
	VADDSS X1, X0, X0

// func rowNorms(rows, width int, x, norm *float32)
TEXT ·rowNorms(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), R9
	MOVQ width+8(FP), R10
	MOVQ x+16(FP), SI
	MOVQ norm+24(FP), DI
	MASK(R10, R8, Y15)
	SHRQ $3, R10
row:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	MOVQ R10, CX
	SUBQ $2, CX
	JL   one
two:
	VMOVUPS (SI), Y2
	VMOVUPS 32(SI), Y3
	VFMADD231PS Y2, Y2, Y0
	VFMADD231PS Y3, Y3, Y1
	ADDQ $64, SI
	SUBQ $2, CX
	JGE  two
one:
	ADDQ $2, CX
	JZ   rest
	VMOVUPS (SI), Y2
	VFMADD231PS Y2, Y2, Y0
	ADDQ $32, SI
rest:
	TESTQ R8, R8
	JZ   sum
	VMASKMOVPS (SI), Y15, Y2
	VFMADD231PS Y2, Y2, Y1
	LEAQ (SI)(R8*4), SI
sum:
	VADDPS Y1, Y0, Y0
	SUM
	VSQRTSS X0, X0, X0
	VMOVSS X0, (DI)
	ADDQ $4, DI
	DECQ R9
	JNZ  row
	VZEROUPPER
	RET

// The numbers of EXP, each eight times by VBROADCASTSS. The polynomial is
// that of expf in the Cephes library, http://www.netlib.org/cephes/.
DATA exps<>+0(SB)/4, $0xc2dc0000  // -110, where exp is 0 in float32
DATA exps<>+4(SB)/4, $0x3fb8aa3b  // 1/log 2
DATA exps<>+8(SB)/4, $0x3f318000  // log 2, its first bits
DATA exps<>+12(SB)/4, $0xb95e8083 // and the rest
DATA exps<>+16(SB)/4, $0x39506967 // 1.9875691500e-4
DATA exps<>+20(SB)/4, $0x3ab743ce // 1.3981999507e-3
DATA exps<>+24(SB)/4, $0x3c088908 // 8.3334519073e-3
DATA exps<>+28(SB)/4, $0x3d2aa9c1 // 4.1665795894e-2
DATA exps<>+32(SB)/4, $0x3e2aaaaa // 1.6666665459e-1
DATA exps<>+36(SB)/4, $0x3f000000 // 5.0000001201e-1
DATA exps<>+40(SB)/4, $0x3f800000 // 1, and the bias of an exponent
GLOBL exps<>(SB), RODATA|NOPTR, $44

// EXP sets Y0 = exp(Y0) for Y0 <= 0 or NaN. With n the integer nearest to
// x/log 2 and r = x - n·log 2 it is exp(r)·2ⁿ; the power is taken in two
// halves, since n may lie below the least exponent. VMAXPS keeps a NaN.
#define EXP \
	VMAXPS Y0, Y6, Y0; \
	VMULPS Y0, Y7, Y1; \
	VROUNDPS $0, Y1, Y1; \
	VFNMADD231PS Y8, Y1, Y0; \
	VFNMADD231PS Y9, Y1, Y0; \
	VCVTPS2DQ Y1, Y1; \
	VMOVAPS Y10, Y2; \
	VBROADCASTSS exps<>+20(SB), Y3; \
	VFMADD213PS Y3, Y0, Y2; \
	VBROADCASTSS exps<>+24(SB), Y3; \
	VFMADD213PS Y3, Y0, Y2; \
	VBROADCASTSS exps<>+28(SB), Y3; \
	VFMADD213PS Y3, Y0, Y2; \
	VBROADCASTSS exps<>+32(SB), Y3; \
	VFMADD213PS Y3, Y0, Y2; \
	VBROADCASTSS exps<>+36(SB), Y3; \
	VFMADD213PS Y3, Y0, Y2; \
	VMULPS Y0, Y0, Y3; \
	VFMADD213PS Y0, Y3, Y2; \
	VADDPS Y11, Y2, Y2; \
	VPSRAD $1, Y1, Y3; \
	VPSUBD Y3, Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VPSLLD $23, Y3, Y3; \
	VPADDD Y11, Y1, Y1; \
	VPADDD Y11, Y3, Y3; \
	VMULPS Y1, Y2, Y2; \
	VMULPS Y3, Y2, Y0

// func softmaxRow(n int, z, e *float32) (top, sum float32)
//
//	Y4 sum, Y5 maximum, Y6-Y11 see EXP, Y12 -Inf, Y15 mask
TEXT ·softmaxRow(SB), NOSPLIT, $0-32
	MOVQ n+0(FP), R9
	MOVQ z+8(FP), SI
	MOVQ e+16(FP), DI
	MASK(R9, R8, Y15)
	SHRQ $3, R9
	MOVL $0xff800000, AX
	VMOVD AX, X12
	VBROADCASTSS X12, Y12
	VBROADCASTSS exps<>+0(SB), Y6
	VBROADCASTSS exps<>+4(SB), Y7
	VBROADCASTSS exps<>+8(SB), Y8
	VBROADCASTSS exps<>+12(SB), Y9
	VBROADCASTSS exps<>+16(SB), Y10
	VBROADCASTSS exps<>+40(SB), Y11

	VMOVAPS Y12, Y5
	MOVQ SI, BX
	MOVQ R9, CX
	TESTQ CX, CX
	JZ   restOfMax
max:
	VMAXPS (BX), Y5, Y5
	ADDQ $32, BX
	DECQ CX
	JNZ  max
restOfMax:
	TESTQ R8, R8
	JZ   top
	VMASKMOVPS (BX), Y15, Y0
	VBLENDVPS Y15, Y0, Y12, Y0
	VMAXPS Y0, Y5, Y5
top:
	VEXTRACTF128 $1, Y5, X0
	VMAXPS X0, X5, X5
	VMOVHLPS X5, X5, X0
	VMAXPS X0, X5, X5
	VMOVSHDUP X5, X0
	VMAXSS X0, X5, X5
	VMOVSS X5, top+24(FP)
	VBROADCASTSS X5, Y5

	VXORPS Y4, Y4, Y4
	MOVQ R9, CX
	TESTQ CX, CX
	JZ   restOfExp
exp:
	VMOVUPS (SI), Y0
	VSUBPS Y5, Y0, Y0
	EXP
	VMOVUPS Y0, (DI)
	VADDPS Y0, Y4, Y4
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  exp
restOfExp:
	TESTQ R8, R8
	JZ   sum
	VMASKMOVPS (SI), Y15, Y0
	VSUBPS Y5, Y0, Y0
	EXP
	VANDPS Y15, Y0, Y0
	VMASKMOVPS Y0, Y15, (DI)
	VADDPS Y0, Y4, Y4
sum:
	VMOVAPS Y4, Y0
	SUM
	VMOVSS X0, sum+28(FP)
	VZEROUPPER
	RET
