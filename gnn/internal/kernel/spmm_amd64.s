//go:build !purego

#include "textflag.h"

// How many entries before its use a row of x is fetched into the second-level
// cache. (Fetches into the first-level cache are fewer at the same time: half
// again as slow on a graph larger than the caches.)
#define AHEAD 12

// ENTRY leaves the address of the entry's part of x in CX, that of the entry
// AHEAD of it (or of the last there is) in AX, and its weight in Y15.
#define ENTRY \
	LEAQ    AHEAD(R11), AX; \
	CMPQ    AX, R15; \
	CMOVQGT R15, AX; \
	MOVL    (DI)(AX*4), AX; \
	IMULQ   R9, AX; \
	ADDQ    BX, AX; \
	MOVL    (DI)(R11*4), CX; \
	IMULQ   R9, CX; \
	ADDQ    BX, CX; \
	VBROADCASTSS (R13), Y15; \
	ADDQ    R14, R13

// ENTRIES points R11 and R12 to the first entry of the row and behind its
// last, R13 to its first weight, and jumps if there is none.
#define ENTRIES(none) \
	MOVLQSX (SI), R11; \
	MOVLQSX 4(SI), R12; \
	MOVQ    R11, R13; \
	IMULQ   R14, R13; \
	ADDQ    weights-8(SP), R13; \
	CMPQ    R11, R12; \
	JGE     none

#define NEXT(loop) \
	INCQ R11; \
	CMPQ R11, R12; \
	JLT  loop

// MULADD rounds the product before it is added: the reference's order.
#define MULADD(offset, product, sum) \
	VMULPS offset(CX), Y15, product; \
	VADDPS product, sum, sum

// START loads y if the product is added to it; the sums are 0 already.
#define START(offset, sum) VMOVUPS offset(DX), sum

#define DONE(bytes) \
	ADDQ $bytes, BX; \
	ADDQ $bytes, DX; \
	SUBQ $(bytes/4), R10; \
	JMP  block

// func spmmRows(rows int, ptr, col *int32, last int, weight *float32, x, y *float32, width int, accumulate bool)
//
// Each row of y is summed in blocks of 64, 32, 16, 8 and fewer columns, which
// stay in registers while the entries of the row pass.
//
//	SI  ptr, at this row      R8   rows left             R12  behind the row's last entry
//	DI  col                   R9   bytes of a row        R13  weight of the entry
//	BX  x, at this column     R10  columns left          R14  from weight to weight: 4, or 0 for the mean
//	DX  y, at this element    R11  entry                 R15  last entry of all
//	Y0-Y7 sums, Y8-Y11 products, Y14 mask of the last block, Y15 weight
TEXT ·spmmRows(SB), NOSPLIT, $16-65
	MOVQ rows+0(FP), R8
	MOVQ ptr+8(FP), SI
	MOVQ col+16(FP), DI
	MOVQ last+24(FP), R15
	MOVQ weight+32(FP), R13
	MOVQ x+40(FP), BX
	MOVQ y+48(FP), DX
	MOVQ width+56(FP), R9
	MOVQ R9, R10
	ANDQ $7, R10
	LEAQ ·lanes+32(SB), AX
	SHLQ $2, R10
	SUBQ R10, AX
	VMOVUPS (AX), Y14
	SHLQ $2, R9
	MOVQ $4, R14
	MOVQ R13, weights-8(SP)
	TESTQ R13, R13
	JNZ  row
	XORQ R14, R14
	LEAQ mean-16(SP), R13
	MOVQ R13, weights-8(SP)

row:
	MOVLQSX (SI), R11
	MOVLQSX 4(SI), R12
	SUBQ R11, R12
	MOVQ $1, AX
	CMPQ R12, AX
	CMOVQLT AX, R12
	VCVTSI2SSQ R12, X1, X1
	VCVTSI2SSQ AX, X0, X0
	VDIVSS X1, X0, X0
	VMOVSS X0, mean-16(SP)
	MOVQ width+56(FP), R10

block:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	MOVBLZX accumulate+64(FP), AX
	CMPQ R10, $64
	JGE  start64
	CMPQ R10, $32
	JGE  start32
	CMPQ R10, $16
	JGE  start16
	CMPQ R10, $8
	JGE  start8
	TESTQ R10, R10
	JNZ  startRest

	SUBQ R9, BX
	ADDQ $4, SI
	DECQ R8
	JNZ  row
	VZEROUPPER
	RET

start64:
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	TESTL AX, AX
	JZ   entries64
	START(0, Y0)
	START(32, Y1)
	START(64, Y2)
	START(96, Y3)
	START(128, Y4)
	START(160, Y5)
	START(192, Y6)
	START(224, Y7)
entries64:
	ENTRIES(done64)
loop64:
	ENTRY
	PREFETCHT1 (AX)
	PREFETCHT1 64(AX)
	PREFETCHT1 128(AX)
	PREFETCHT1 192(AX)
	MULADD(0, Y8, Y0)
	MULADD(32, Y9, Y1)
	MULADD(64, Y10, Y2)
	MULADD(96, Y11, Y3)
	MULADD(128, Y8, Y4)
	MULADD(160, Y9, Y5)
	MULADD(192, Y10, Y6)
	MULADD(224, Y11, Y7)
	NEXT(loop64)
done64:
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, 32(DX)
	VMOVUPS Y2, 64(DX)
	VMOVUPS Y3, 96(DX)
	VMOVUPS Y4, 128(DX)
	VMOVUPS Y5, 160(DX)
	VMOVUPS Y6, 192(DX)
	VMOVUPS Y7, 224(DX)
	DONE(256)

start32:
	TESTL AX, AX
	JZ   entries32
	START(0, Y0)
	START(32, Y1)
	START(64, Y2)
	START(96, Y3)
entries32:
	ENTRIES(done32)
loop32:
	ENTRY
	PREFETCHT1 (AX)
	PREFETCHT1 64(AX)
	MULADD(0, Y8, Y0)
	MULADD(32, Y9, Y1)
	MULADD(64, Y10, Y2)
	MULADD(96, Y11, Y3)
	NEXT(loop32)
done32:
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, 32(DX)
	VMOVUPS Y2, 64(DX)
	VMOVUPS Y3, 96(DX)
	DONE(128)

start16:
	TESTL AX, AX
	JZ   entries16
	START(0, Y0)
	START(32, Y1)
entries16:
	ENTRIES(done16)
loop16:
	ENTRY
	PREFETCHT1 (AX)
	MULADD(0, Y8, Y0)
	MULADD(32, Y9, Y1)
	NEXT(loop16)
done16:
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, 32(DX)
	DONE(64)

start8:
	TESTL AX, AX
	JZ   entries8
	START(0, Y0)
entries8:
	ENTRIES(done8)
loop8:
	ENTRY
	PREFETCHT1 (AX)
	MULADD(0, Y8, Y0)
	NEXT(loop8)
done8:
	VMOVUPS Y0, (DX)
	DONE(32)

startRest:
	TESTL AX, AX
	JZ   entriesRest
	VMASKMOVPS (DX), Y14, Y0
entriesRest:
	ENTRIES(doneRest)
loopRest:
	ENTRY
	PREFETCHT1 (AX)
	VMASKMOVPS (CX), Y14, Y8
	VMULPS Y8, Y15, Y8
	VADDPS Y8, Y0, Y0
	NEXT(loopRest)
doneRest:
	VMASKMOVPS Y0, Y14, (DX)
	LEAQ (DX)(R10*4), DX
	LEAQ (BX)(R10*4), BX
	XORQ R10, R10
	JMP  block
