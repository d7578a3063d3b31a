using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Steps;

/// <summary>C = A·B in steps, each faster than the one before; docs/how-it-is-fast.md explains them.</summary>
/// <remarks>
/// All matrices are size × size, row after row, and size is a multiple of 32. C is zero at the start. In every step,
/// every element of C is one chain of fused multiply-adds in the order of k; so every step gives the same bits.
/// </remarks>
internal static unsafe class ProductSteps
{
    private const int Width = 32, Height = 12;          // of a tile: 24 vectors of 16 values
    private const int MostDepth = 512;                  // of a panel: 512 × 32 values of B are 64 KB

    /// <summary>Step 1: the formula as it is. Computes the first <paramref name="rows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TripleLoop(float* a, float* b, float* c, int size, int rows)
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < size; j++)
            {
                var sum = 0f;
                for (var k = 0; k < size; k++)
                    sum = MathF.FusedMultiplyAdd(a[i * size + k], b[k * size + j], sum);
                c[i * size + j] = sum;
            }
    }

    /// <summary>Step 2: j is innermost, so that B and C are read in the order in which they lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowsInOrder(float* a, float* b, float* c, int size, int rows)
    {
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < size; k++)
                for (var j = 0; j < size; j++)
                    c[i * size + j] = MathF.FusedMultiplyAdd(a[i * size + k], b[k * size + j], c[i * size + j]);
    }

    /// <summary>Step 3: the same, 16 values at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Vectors(float* a, float* b, float* c, int size)
    {
        for (var i = 0; i < size; i++)
            for (var k = 0; k < size; k++)
            {
                var spread = Vector512.Create(a[i * size + k]);         // the same value sixteen times
                for (var j = 0; j < size; j += 16)
                {
                    var sums = Vector512.Load(c + i * size + j);
                    sums = Vector512.FusedMultiplyAdd(spread, Vector512.Load(b + k * size + j), sums);
                    sums.Store(c + i * size + j);
                }
            }
    }

    /// <summary>Step 4: 4 × 32 values of C stay in registers while k runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SmallTiles(float* a, float* b, float* c, int size)
    {
        var strides = new Strides(size, 1, size, size, size);
        for (var j = 0; j < size; j += Width)
            for (var i = 0; i < size; i += 4)
                Tile4(a + i * size, b + j, c + i * size + j, strides);
    }

    /// <summary>Step 5: 12 × 32 values stay there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LargeTiles(float* a, float* b, float* c, int size)
    {
        var strides = new Strides(size, 1, size, size, size);
        for (var j = 0; j < size; j += Width)
            for (var i = 0; i < size; i += Height)
                Tile(a + i * size, b + j, c + i * size + j, strides, Math.Min(Height, size - i));
    }

    /// <summary>Step 6: the same tiles, over copies in the order in which they are read.</summary>
    public static void Packed(float* a, float* b, float* c, int size, float* scratchForA, float* scratchForB)
    {
        for (var k = 0; k < size; k += MostDepth)
        {
            var depth = Math.Min(MostDepth, size - k);
            var block = new Block(a + k, b + k * size, c, size, depth, scratchForA, scratchForB);
            for (var i = 0; i < size; i += Height)
                block.PackRows(i);
            for (var j = 0; j < size; j += Width)
                block.Strip(j);
        }
    }

    /// <summary>Step 7: threads share the strips of C. Each value of C belongs to one thread.</summary>
    public static void Shared(
        float* a, float* b, float* c, int size, float* scratchForA, float* scratchForB, ParallelOptions threads)
    {
        for (var k = 0; k < size; k += MostDepth)
        {
            var depth = Math.Min(MostDepth, size - k);
            var block = new Block(a + k, b + k * size, c, size, depth, scratchForA, scratchForB);
            Parallel.For(0, (size + Height - 1) / Height, threads, part => block.PackRows(part * Height));
            Parallel.For(0, size / Width, threads, part => block.Strip(part * Width));
        }
    }

    /// <summary>C += A·B for up to <see cref="MostDepth"/> columns of A and as many rows of B.</summary>
    private readonly struct Block(
        float* a, float* b, float* c, int size, int depth, float* scratchForA, float* scratchForB)
    {
        /// <summary>Copies up to 12 rows of A: for each k, the values of all 12 side by side.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void PackRows(int i)
        {
            var height = Math.Min(Height, size - i);
            var panel = scratchForA + i * depth;
            for (var k = 0; k < depth; k++)
                for (var row = 0; row < height; row++)
                    *panel++ = a[(i + row) * size + k];
        }

        /// <summary>Computes 32 columns: copies those of B, and multiplies every panel of A by the copy.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Strip(int j)
        {
            var panel = scratchForB + j * depth;
            for (var k = 0; k < depth; k++)
                Unsafe.CopyBlockUnaligned(panel + k * Width, b + k * size + j, Width * sizeof(float));
            for (var i = 0; i < size; i += Height)
            {
                var height = Math.Min(Height, size - i);
                var strides = new Strides(1, height, Width, size, depth);
                Tile(scratchForA + i * depth, panel, c + i * size + j, strides, height);
            }
        }
    }

    /// <summary>
    /// Where the elements lie: A(i, k) = a[i·ARow + k·AStep], B(k, j) = b[k·BRow + j], C(i, j) = c[i·CRow + j].
    /// </summary>
    private readonly struct Strides(nint aRow, nint aStep, nint bRow, nint cRow, nint depth)
    {
        public readonly nint ARow = aRow, AStep = aStep, BRow = bRow, CRow = cRow, Depth = depth;
    }

    /// <summary>One tile of 12 × 32, or tiles of 4 × 32 at the lower edge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* a, float* b, float* c, in Strides s, int height)
    {
        if (height == Height)
            Tile12(a, b, c, s);
        else
            for (nint i = 0; i < height; i += 4)
                Tile4(a + i * s.ARow, b, c + i * s.CRow, s);
    }

    /// <summary>C += A·B for 4 rows and 32 columns: 8 registers of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4(float* a, float* b, float* c, in Strides s)
    {
        nint aRow = s.ARow, aStep = s.AStep, bRow = s.BRow, cRow = s.CRow;
        Row r0 = new(c), r1 = new(c + cRow), r2 = new(c + 2 * cRow), r3 = new(c + 3 * cRow);
        var a3 = a + 3 * aRow;
        for (var end = b + s.Depth * bRow; b != end; b += bRow, a += aStep, a3 += aStep)
        {
            var p = new Row(b);                         // 32 values of one row of B
            r0.MultiplyAdd(a[0], p);
            r1.MultiplyAdd(a[aRow], p);
            r2.MultiplyAdd(a[2 * aRow], p);
            r3.MultiplyAdd(a3[0], p);
        }
        r0.Store(c);
        r1.Store(c + cRow);
        r2.Store(c + 2 * cRow);
        r3.Store(c + 3 * cRow);
    }

    /// <summary>C += A·B for 12 rows and 32 columns: 24 registers of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12(float* a, float* b, float* c, in Strides s)
    {
        nint aRow = s.ARow, aStep = s.AStep, bRow = s.BRow, cRow = s.CRow;
        float* c3 = c + 3 * cRow, c6 = c3 + 3 * cRow, c9 = c6 + 3 * cRow;
        Row r0 = new(c), r1 = new(c + cRow), r2 = new(c + 2 * cRow);
        Row r3 = new(c3), r4 = new(c3 + cRow), r5 = new(c3 + 2 * cRow);
        Row r6 = new(c6), r7 = new(c6 + cRow), r8 = new(c6 + 2 * cRow);
        Row r9 = new(c9), r10 = new(c9 + cRow), r11 = new(c9 + 2 * cRow);
        float* a3 = a + 3 * aRow, a6 = a3 + 3 * aRow, a9 = a6 + 3 * aRow;
        for (var end = b + s.Depth * bRow; b != end; b += bRow, a += aStep, a3 += aStep, a6 += aStep, a9 += aStep)
        {
            var p = new Row(b);
            r0.MultiplyAdd(a[0], p);
            r1.MultiplyAdd(a[aRow], p);
            r2.MultiplyAdd(a[2 * aRow], p);
            r3.MultiplyAdd(a3[0], p);
            r4.MultiplyAdd(a3[aRow], p);
            r5.MultiplyAdd(a3[2 * aRow], p);
            r6.MultiplyAdd(a6[0], p);
            r7.MultiplyAdd(a6[aRow], p);
            r8.MultiplyAdd(a6[2 * aRow], p);
            r9.MultiplyAdd(a9[0], p);
            r10.MultiplyAdd(a9[aRow], p);
            r11.MultiplyAdd(a9[2 * aRow], p);
        }
        r0.Store(c);
        r1.Store(c + cRow);
        r2.Store(c + 2 * cRow);
        r3.Store(c3);
        r4.Store(c3 + cRow);
        r5.Store(c3 + 2 * cRow);
        r6.Store(c6);
        r7.Store(c6 + cRow);
        r8.Store(c6 + 2 * cRow);
        r9.Store(c9);
        r10.Store(c9 + cRow);
        r11.Store(c9 + 2 * cRow);
    }

    /// <summary>32 values of one row, in two registers.</summary>
    private struct Row
    {
        private Vector512<float> left, right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Row(float* from)
        {
            left = Vector512.Load(from);
            right = Vector512.Load(from + 16);
        }

        /// <summary>this ← this + a·b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void MultiplyAdd(float a, in Row b)
        {
            var spread = Vector512.Create(a);
            left = Vector512.FusedMultiplyAdd(spread, b.left, left);
            right = Vector512.FusedMultiplyAdd(spread, b.right, right);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* to)
        {
            left.Store(to);
            right.Store(to + 16);
        }
    }
}
