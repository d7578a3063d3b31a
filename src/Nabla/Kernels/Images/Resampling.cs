using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Where the pixels of one row come from: pixel i from (X + i·StepX, Y + i·StepY) of the source, x to the right and y
/// down, in pixels.
/// </summary>
internal readonly record struct RowOrigin(float X, float StepX, float Y, float StepY);

/// <summary>Reads an image at points between its pixels, by bilinear interpolation.</summary>
internal static unsafe class Resampling
{
    private static ReadOnlySpan<float> FirstIndices => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>
    /// One row: to[i] = scale · the source at <paramref name="origin"/>, displaced by (dx[i], dy[i]); both may be
    /// empty. At the centre of a pixel it is exactly that pixel. Outside it is the background, which blends with the
    /// outermost pixels over one pixel.
    /// </summary>
    public static void Row(
        BorderedImage source, RowOrigin origin, ReadOnlySpan<float> dx, ReadOnlySpan<float> dy, Span<float> to,
        float scale)
    {
        if (dx.Length != dy.Length || (dx.Length > 0 && dx.Length != to.Length))
            throw new ArgumentException($"There are {dx.Length} and {dy.Length} displacements for {to.Length} pixels.");
        fixed (byte* pixels = source.Pixels)
        fixed (float* px = dx, py = dy, pTo = to, first = FirstIndices)
        {
            var picture = new Picture(pixels + source.Origin, source.Stride, source.Width, source.Height);
            Dispatch.Run(new Resampled(picture, origin, first, px, py, pTo, to.Length, scale));
        }
    }

    private readonly struct Resampled(
        Picture source, RowOrigin origin, float* first, float* dx, float* dy, float* to, int length, float scale)
        : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => Row<V>(source, origin, first, dx, dy, to, length, scale);
    }

    private readonly struct Picture(byte* start, int stride, int width, int height)
    {
        public readonly byte* Start = start;
        public readonly int Stride = stride, Width = width, Height = height;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Row<V>(
        Picture source, RowOrigin origin, float* first, float* dx, float* dy, float* to, int length, float scale)
        where V : struct, IVectorLanes<V>
    {
        for (var i = 0; i < length; i += IVectorLanes<V>.Count)
        {
            var mask = V.FirstN(Math.Min(IVectorLanes<V>.Count, length - i));
            var index = V.Of(i) + V.Load(first);
            V x = V.MultiplyAdd(index, V.Of(origin.StepX), V.Of(origin.X));
            V y = V.MultiplyAdd(index, V.Of(origin.StepY), V.Of(origin.Y));
            if (dx != null)
                (x, y) = (x + V.Load(dx + i, mask), y + V.Load(dy + i, mask));
            V.Store(scale * At(source, Clamp(x, source.Width), Clamp(y, source.Height)), to + i, mask);
        }
    }

    /// <summary>The source at (x, y), each from −1 to the size of the source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V At<V>(Picture source, V x, V y) where V : struct, IVectorLanes<V>
    {
        V left = V.Floor(x), above = V.Floor(y);
        V toRight = x - left, down = y - above;
        var index = V.MultiplyAdd(above, V.Of(source.Stride), left);
        var (a, b) = V.LoadPairs(source.Start, index);                          // a b
        var (c, d) = V.LoadPairs(source.Start + source.Stride, index);          // c d
        var upper = V.MultiplyAdd(toRight, b - a, a);
        var lower = V.MultiplyAdd(toRight, d - c, c);
        return V.MultiplyAdd(down, lower - upper, upper);
    }

    /// <summary>From −1 to the size; NaN becomes −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Clamp<V>(V x, int size) where V : struct, IVectorLanes<V>
    {
        x = V.WhereLess(V.Of(-1), x, x, V.Of(-1));
        return V.WhereLess(x, V.Of(size), x, V.Of(size));
    }
}
