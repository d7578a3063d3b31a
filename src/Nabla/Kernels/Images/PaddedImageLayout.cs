using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Where the pixels of an image with a border of zeros lie in memory, so that a window may reach over its edge. If
/// windows advance by more than one pixel, pixels that are one step apart lie side by side.
/// </summary>
/// <remarks>
/// <para>A border is shared: the zeros to the right of a row are those to the left of the next, and the zeros below a
/// channel are those above the next. So the rows of a 28 × 28 image with a border of 2 are 30 apart, not 32.</para>
/// <para>With a step s there are s × s images, the phases: each holds the pixels whose row is r and whose column is c
/// modulo s. What one pixel of the window sees, while the window advances, then lies side by side in one phase.</para>
/// </remarks>
internal sealed unsafe class PaddedImageLayout
{
    private readonly int channels, height, width, before, step, phaseSize;

    /// <summary>
    /// Images of one size, with zeros before and after every row and column, for windows that advance by
    /// <paramref name="step"/> and have at most this many <paramref name="positions"/> in a row.
    /// </summary>
    public PaddedImageLayout(int channels, int height, int width, int before, int after, int step, int positions)
    {
        (this.channels, this.height, this.width, this.before, this.step) = (channels, height, width, before, step);
        var gap = Math.Max(before, after);
        Pitch = Math.Max(Parts(width + gap, step), positions);  // more only where the border is wider than the window
        ChannelStep = checked(Parts(height + gap, step) * Pitch);
        var lastRows = Parts(height + before + after, step);
        var lastWidth = Math.Max(Pitch, Parts(width + before + after, step));
        phaseSize = checked((channels - 1) * ChannelStep + (lastRows - 1) * Pitch + lastWidth);
        Size = checked(phaseSize * step * step);
        IsPlain = gap == 0 && step == 1 && Pitch == width;
    }

    /// <summary>The distance from a row of a phase to the next, in elements.</summary>
    public int Pitch { get; }

    /// <summary>The distance from a channel to the next, in elements.</summary>
    public int ChannelStep { get; }

    /// <summary>The number of elements of an image.</summary>
    public int Size { get; }

    /// <summary>Whether there is no border and only one phase, so that an image may be read where it is.</summary>
    public bool IsPlain { get; }

    /// <summary>The index of a pixel; rows and columns are counted from the border's first.</summary>
    public int At(int channel, int row, int column) =>
        (row % step * step + column % step) * phaseSize + channel * ChannelStep + row / step * Pitch + column / step;

    /// <summary>Copies an image. The zeros around it must be there already; they are not written.</summary>
    public void Copy(float* image, float* to)
    {
        for (var channel = 0; channel < channels; channel++)
            for (var row = 0; row < height; row++, image += width)
                if (step == 1)
                    new ReadOnlySpan<float>(image, width).CopyTo(new(to + At(channel, row + before, before), width));
                else if (step == 2)
                    CopyInTwo(
                        image, to + At(channel, row + before, before), to + At(channel, row + before, before + 1));
                else
                    for (var first = 0; first < Math.Min(step, width); first++)
                    {
                        var phase = to + At(channel, row + before, first + before);
                        for (var column = first; column < width; column += step)
                            *phase++ = image[column];
                    }
    }

    /// <summary>Copies the pixels of a row alternately to one phase and to the other.</summary>
    private void CopyInTwo(float* image, float* even, float* odd)
    {
        Dispatch.Run(new CopyingInTwo(image, even, odd, width));
    }

    private readonly struct CopyingInTwo(float* image, float* even, float* odd, int width) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => CopyInTwo<V>(image, even, odd, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void CopyInTwo<V>(float* image, float* even, float* odd, int width) where V : struct, IVectorLanes<V>
    {
        for (; width >= 2 * IVectorLanes<V>.Count; width -= 2 * IVectorLanes<V>.Count)
        {
            V a = V.Load(image), b = V.Load(image + IVectorLanes<V>.Count);
            V.Store(V.DeinterleaveEven(a, b), even);
            V.Store(V.DeinterleaveOdd(a, b), odd);
            image += 2 * IVectorLanes<V>.Count;
            even += IVectorLanes<V>.Count;
            odd += IVectorLanes<V>.Count;
        }
        if (width > 0)
        {
            V a = V.Load(image, V.FirstN(Math.Min(width, IVectorLanes<V>.Count)));
            V b = V.Load(image + IVectorLanes<V>.Count, V.FirstN(Math.Max(width - IVectorLanes<V>.Count, 0)));
            V.Store(V.DeinterleaveEven(a, b), even, V.FirstN((width + 1) / 2));
            V.Store(V.DeinterleaveOdd(a, b), odd, V.FirstN(width / 2));
        }
    }

    private static int Parts(int length, int size) => (length - 1) / size + 1;
}
