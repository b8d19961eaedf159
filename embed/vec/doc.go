// Package vec is the arithmetic of float32 vectors, and of int8 ones: scalar
// products, one or many; sparse combinations of rows; tiles of matrix products;
// length, sum; selection of great numbers.
//
// What takes the time is written in assembly for AVX2 and for AVX-512 with VNNI, and
// in plain Go for every other machine. The fastest that the processor and the
// operating system can run is put in use at start-up, in any build; Kernel names it.
// The assembly is written by the program in internal/gen, which has a go.mod of its
// own so that the product does not depend on avo, and is committed; go generate
// writes it anew, and a test compares. GODEBUG=cpu.avx512f=off, or cpu.avx2=off,
// leaves a kernel out, to find a fault.
//
// Package vectest holds the tests that every implementation of these functions must
// pass, at odd lengths, anywhere in memory, and beside pages that must not be touched.
//
// # Decisions
//
// Equal vectors give equal bits wherever they lie: each function sums in an order
// that depends on lengths alone, with loads that need no alignment. Dot has four
// accumulators of a whole vector each, then single vectors, then a masked rest; Dots
// does the same for two or four rows at once, which load the query once. gonum's
// scalar product was refused for this: it first adds up to three products to reach an
// aligned address. Kernels round differently from one another (AVX2 and AVX-512 fuse
// multiplication and addition, and have accumulators of another width), so files name
// the kernel that made them. Plain Go rounds every product, as compilers for other
// machines may fuse or not.
//
// A kernel is a struct of functions and not an interface, so that one can take what
// suits it from another. There is none for AVX-512 without VNNI, which but few
// processors of 2017 have; those take AVX2.
//
// Tile is 14 × 32 numbers on AVX-512 and 6 × 16 on AVX2, as much as the registers
// hold. 12 × 32 reaches 90 % of the peak where 14 × 32 reaches 93 %, 8 × 48 and
// 9 × 48 less; loops unrolled four times gain 4 %. Prefetching gains nothing. Over
// panels in the second cache 84 % are left. A Gram matrix straight from row-major X of
// 272 columns runs at 81 % of the peak with 128 rows at a time, at 74 % with 256,
// which leave the first cache.
//
// VPDPBUSD multiplies unsigned by signed bytes. TileInt8 flips the first bit of its
// columns' numbers as it loads them, which adds 128, and takes 128 times the sums of its
// rows' numbers off at the end; these it sums in one more accumulator. This is exact
// for all bytes, and 3.3 times as fast as Tile. Panels flipped beforehand would be
// 3 to 9 % faster, but make a second format. Without VPDPBUSD bytes are widened to 16 bits,
// and the gain over Tile is none; VPMADDUBSW, which takes as many steps for signed
// bytes, would not change that, and saturates. In plain Go one multiplication of 64 bits does
// two rows, 1.5 times as fast as Tile.
//
// Combine keeps up to 12 vectors of sums in registers over all entries, 192 columns
// on AVX-512, and asks for the row of the eighth entry to come; asking 4 to 16 ahead
// is all the same. All 256 columns at once were 10 % faster on rows in the second
// cache, but 17 % slower on rows in the third, where the machine fetches the rest of
// a row by itself while its first part is used. Indexes are checked in the loop,
// which costs nothing to speak of beside loads.
//
// QuantiseInt8 sums what is lost in float32 and widens its bounds by what that may
// round. A vector of 256 numbers takes 61 ns, 82 with AVX2, 520 in plain Go.
//
// SelectInt8 takes 5 cycles for 16 pairs, an eighth of what their products of 256
// depths take. Since either side's list may want a pair, the lesser of two bounds
// decides.
//
// Norm sums in float64: a vector is scaled once, but compared with thousands.
//
// Measured on one core of an Intel Sapphire Rapids, in GFLOP/s (int8: Gop/s), a
// multiplication and an addition counted as two, by go test -bench . -cpu 1:
//
//	                                         avx512vnni    avx2     go  gonum
//	multiply-adds on registers (MeasurePeak)        240     130     11
//	Tile, depth 256, in the first cache             227     127    5.8
//	Tile, 256 × 256 × 256                           204     123    5.8   10.5
//	Tile, Gram matrix in place, 128 × 272           187     110    5.6
//	TileInt8, 256 × 256 × 256                       749     125    8.7
//	Combine, 272 columns, second cache               63      50    5.9   11.6
//	Combine, 272 columns, 16 MB of rows              12.5    12.6  2.6    4.0
//	Dot, 256 numbers                                 64      52    7.5
//	Dots, 256 columns, 1 MB                          73      51    7.5   25.9
//	Dots, 256 columns, 205 MB                         8.3     7.0  2.8    6.0
//	Axpy, 256 numbers                                62      46    6.0   12.0
//
// Dots is bound by memory: 16.5 GB/s from memory and 146 GB/s in the second cache on
// AVX-512; Combine reaches 25 GB/s from the third cache and 127 GB/s in the second.
package vec
