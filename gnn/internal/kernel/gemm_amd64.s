//go:build !purego

#include "textflag.h"

// TWO_ROWS adds the products of two elements of A with 16 elements of B (Y12
// and Y13) to two rows of the tile.
#define TWO_ROWS(a0, a1, lo0, hi0, lo1, hi1) \
	VBROADCASTSS a0, Y14; \
	VBROADCASTSS a1, Y15; \
	VFMADD231PS Y12, Y14, lo0; \
	VFMADD231PS Y13, Y14, hi0; \
	VFMADD231PS Y12, Y15, lo1; \
	VFMADD231PS Y13, Y15, hi1

// STEP adds one column of A times one row of B to the tile in Y0-Y11.
#define STEP(offset) \
	VMOVUPS offset(DI), Y12; \
	VMOVUPS (offset+32)(DI), Y13; \
	TWO_ROWS((SI), (SI)(R8*1), Y0, Y1, Y2, Y3); \
	TWO_ROWS((SI)(R8*2), (SI)(R9*1), Y4, Y5, Y6, Y7); \
	TWO_ROWS((SI)(R8*4), (SI)(R10*1), Y8, Y9, Y10, Y11); \
	ADDQ R11, SI

#define ADD_ROW(lo, hi) \
	VADDPS (AX), lo, lo; \
	VADDPS 32(AX), hi, hi; \
	ADDQ BX, AX

#define STORE_ROW(lo, hi) \
	VMOVUPS lo, (DX); \
	VMOVUPS hi, 32(DX); \
	ADDQ BX, DX

// func tile6x16(k int, a *float32, ars, acs int, b, c *float32, ldc int, accumulate bool)
//
//	SI  a, moved on by a column at each step    R8, R9, R10  1, 3 and 5 times ars
//	DI  b, moved on by a row at each step       R11          acs
//	DX  c                                       BX           ldc
//	CX  steps left                              (in bytes)
TEXT ·tile6x16(SB), NOSPLIT, $0-57
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ ars+16(FP), R8
	MOVQ acs+24(FP), R11
	MOVQ b+32(FP), DI
	MOVQ c+40(FP), DX
	MOVQ ldc+48(FP), BX
	SHLQ $2, R8
	SHLQ $2, R11
	SHLQ $2, BX
	LEAQ (R8)(R8*2), R9
	LEAQ (R8)(R8*4), R10

	// C is needed at the end only.
	MOVQ DX, AX
	PREFETCHT0 (AX)
	PREFETCHT0 (AX)(BX*1)
	LEAQ (AX)(BX*2), AX
	PREFETCHT0 (AX)
	PREFETCHT0 (AX)(BX*1)
	PREFETCHT0 (AX)(BX*2)
	LEAQ (AX)(BX*2), AX
	PREFETCHT0 (AX)(BX*1)

	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11

	SUBQ $4, CX
	JL   rest

four:
	STEP(0)
	STEP(64)
	STEP(128)
	STEP(192)
	ADDQ $256, DI
	SUBQ $4, CX
	JGE  four

rest:
	ADDQ $4, CX
	JZ   done

one:
	STEP(0)
	ADDQ $64, DI
	DECQ CX
	JNZ  one

done:
	MOVBLZX accumulate+56(FP), AX
	TESTL AX, AX
	JZ    store
	MOVQ  DX, AX
	ADD_ROW(Y0, Y1)
	ADD_ROW(Y2, Y3)
	ADD_ROW(Y4, Y5)
	ADD_ROW(Y6, Y7)
	ADD_ROW(Y8, Y9)
	ADD_ROW(Y10, Y11)

store:
	STORE_ROW(Y0, Y1)
	STORE_ROW(Y2, Y3)
	STORE_ROW(Y4, Y5)
	STORE_ROW(Y6, Y7)
	STORE_ROW(Y8, Y9)
	STORE_ROW(Y10, Y11)
	VZEROUPPER
	RET

// func pack6(rows int, dst, src *float32, stride int)
TEXT ·pack6(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ src+16(FP), SI
	MOVQ stride+24(FP), R8
	SHLQ $2, R8
row6:
	VMOVUPS (SI), X0
	MOVQ 16(SI), AX
	VMOVUPS X0, (DI)
	MOVQ AX, 16(DI)
	ADDQ R8, SI
	ADDQ $24, DI
	DECQ CX
	JNZ  row6
	RET

// func pack16(rows int, dst, src *float32, stride int)
TEXT ·pack16(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ src+16(FP), SI
	MOVQ stride+24(FP), R8
	SHLQ $2, R8
row16:
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ R8, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  row16
	VZEROUPPER
	RET
