using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Kernels;

/// <summary>
/// Packs parts of a matrix into panels, in the order in which the micro-kernel reads them. So it reads memory from
/// front to back, and values that it does not need cannot displace those that it does from L1.
/// </summary>
internal static unsafe class Panels
{
    private const int Line = 16;                        // elements in a cache line
    private const int Ahead = 12;                       // rows to prefetch: the processor does not predict them

    /// <summary>
    /// to[k·width + i] = from(i, k), for i below <paramref name="lines"/> and k below <paramref name="depth"/>.
    /// </summary>
    public static void Pack(StridedMatrix from, int lines, int depth, float* to, int width)
    {
        if (from.Row == 1)
            CopyRows(from.Start, from.Column, lines, depth, to, width);
        else
            Interleave(from.Start, from.Row, lines, depth, to, width);
    }

    /// <summary>Neighbours in the matrix stay neighbours in the panel: to[k·width + i] = from[k·step + i].</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(float* from, nint step, int lines, int depth, float* to, int width)
    {
        for (var k = 0; k < depth; k++, from += step, to += width)
        {
            if (Sse.IsSupported)
                for (nint i = 0; i < lines; i += Line)
                    Sse.Prefetch0(from + Ahead * step + i);
            if (lines == 32)
                Unsafe.CopyBlockUnaligned(to, from, 32 * sizeof(float));       // a size that the compiler knows
            else
                Unsafe.CopyBlockUnaligned(to, from, (uint)lines * sizeof(float));
        }
    }

    /// <summary>
    /// Neighbours in the matrix come one below the other in the panel: to[k·width + i] = from[i·row + k]. It goes
    /// through the matrix by cache lines, so that each is read once and the panel is written from front to back.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(float* from, nint row, int lines, int depth, float* to, int width)
    {
        for (nint start = 0; start < depth; start += Line)
        {
            nint end = Math.Min(start + Line, depth), i = 0;
            if (Sse.IsSupported && start + 2 * Line < depth)
                for (nint line = 0; line < lines; line++)
                    Sse.Prefetch0(from + line * row + start + 2 * Line);
            if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
                for (; i <= lines - 4; i += 4)
                {
                    var k = start;
                    for (; k <= end - 4; k += 4)
                        Transpose(from + i * row + k, row, to + k * width + i, width);
                    for (; k < end; k++)
                        for (nint line = i; line < i + 4; line++)
                            to[k * width + line] = from[line * row + k];
                }
            for (; i < lines; i++)
                for (var k = start; k < end; k++)
                    to[k * width + i] = from[i * row + k];
        }
    }

    /// <summary>Transposes four rows of four elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* from, nint row, float* to, nint width)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + row);
        Vector128<float> c = Vector128.Load(from + 2 * row), d = Vector128.Load(from + 3 * row);
        Vector128<float> acLow = ZipLow(a, c), acHigh = ZipHigh(a, c), bdLow = ZipLow(b, d), bdHigh = ZipHigh(b, d);
        ZipLow(acLow, bdLow).Store(to);
        ZipHigh(acLow, bdLow).Store(to + width);
        ZipLow(acHigh, bdHigh).Store(to + 2 * width);
        ZipHigh(acHigh, bdHigh).Store(to + 3 * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y) : AdvSimd.Arm64.ZipLow(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y) : AdvSimd.Arm64.ZipHigh(x, y);
}
