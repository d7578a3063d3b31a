using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// G(k, o) = Σ over examples and window positions of image[position + shift[k]] · δ(position, o): the derivatives of
/// the cost with respect to the weights of a convolution. Each result is one chain of fused multiply-adds, example by
/// example, position by position.
/// </summary>
/// <remarks>
/// A block of 12 × 32 results stays in registers for all positions of an example. The filters lie along the lanes, so δ
/// must be transposed (a row for each position). The image is read where it is, one pixel at a time, broadcast to all
/// lanes. No result is thrown away.
/// </remarks>
internal sealed unsafe class FilterGradient : IFilterGradient
{
    private const int StripWidth = 32, ForEachThread = 4;

    private readonly int[] shifts;
    private readonly int groups, filters, height, width, pitch, imageStep;

    /// <summary>Takes the geometry of one convolution.</summary>
    /// <param name="shifts">The index in the image of the pixel that weight k meets at the first position.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="filters">The number of filters in each.</param>
    /// <param name="height">The number of rows of window positions.</param>
    /// <param name="width">The number of window positions in a row.</param>
    /// <param name="pitch">The distance from a row of the image to the next.</param>
    /// <param name="imageStep">The distance in the image from the channels of a group to those of the next.</param>
    public FilterGradient(int[] shifts, int groups, int filters, int height, int width, int pitch, int imageStep)
    {
        this.shifts = GC.AllocateUninitializedArray<int>(shifts.Length, pinned: true);
        shifts.CopyTo(this.shifts, 0);
        (this.groups, this.filters, this.height, this.width) = (groups, filters, height, width);
        (this.pitch, this.imageStep) = (pitch, imageStep);
    }

    /// <inheritdoc/>
    public int SumsSize => checked(groups * filters * shifts.Length);

    /// <inheritdoc/>
    public void Add(float* images, int imageSize, float* transposed, float* sums, int examples, bool isFirst)
    {
        var strips = Parts(filters, StripWidth) * groups;
        var tiles = Parts(shifts.Length, GemmMicroKernel.MostRows);
        var bands = Math.Min(tiles, Parts(ForEachThread * Workers.Threads, strips));
        if (tiles < 2 * Workers.Threads * ForEachThread)                // few: the same number for each thread
            tiles = Math.Min(shifts.Length, Parts(tiles, Workers.Threads) * Workers.Threads);
        var heights = new EvenPartition(shifts.Length, Parts(shifts.Length, tiles));
        fixed (int* rows = shifts)
            Workers.Run(
                new Bands(this, rows, images, imageSize, transposed, sums, examples, !isFirst, heights, bands),
                strips * bands);
    }

    /// <inheritdoc/>
    public void Finish(float* sums, float* dW)
    {
        for (var group = 0; group < groups; group++)            // from weights × filters to filters × weights
            Panels.Pack(
                new(sums + group * filters, groups * filters, 1), shifts.Length, filters,
                dW + (nint)group * filters * shifts.Length, shifts.Length);
    }

    private static int Parts(int length, int size) => (length + size - 1) / size;

    /// <summary>
    /// The strips of filters, each cut into bands of blocks. A band runs through the examples, and in each through its
    /// blocks, while δ stays in the near caches.
    /// </summary>
    private readonly struct Bands(
        FilterGradient whole, int* shifts, float* images, int imageSize, float* transposed, float* g, int examples,
        bool adds, EvenPartition tiles, int bands) : IParts
    {
        public void Run(int index)
        {
            int strip = index / bands, perGroup = Parts(whole.filters, StripWidth);
            int group = strip / perGroup, first = strip % perGroup * StripWidth;
            int start = group * whole.filters + first, count = Math.Min(StripWidth, whole.filters - first);
            var row = whole.groups * whole.filters;
            var band = new EvenPartition(tiles.Count, Parts(tiles.Count, bands));
            if (index % bands >= band.Count)
                return;
            for (var example = 0; example < examples; example++)
                for (var tile = band.Start(index % bands); tile < band.Start(index % bands + 1); tile++)
                    for (var done = 0; done < count; done += GemmMicroKernel.MostColumns)
                        Compute(
                            images + (nint)example * imageSize + (nint)group * whole.imageStep,
                            shifts + tiles.Start(tile),
                            transposed + (nint)example * whole.height * whole.width * row + start + done,
                            g + (nint)tiles.Start(tile) * row + start + done,
                            new(whole.height, whole.width, whole.pitch, row, adds || example > 0),
                            tiles.Length(tile), Math.Min(GemmMicroKernel.MostColumns, count - done));
        }
    }

    /// <summary>
    /// The window positions, the step from row to row of δ and G, and whether the chains continue from G.
    /// </summary>
    private readonly struct Walk(nint height, nint width, nint pitch, nint row, bool adds)
    {
        public readonly nint Height = height, Width = width, Pitch = pitch, Row = row;
        public readonly bool Adds = adds;
    }

    private static void Compute(
        float* image, int* shifts, float* transposed, float* g, in Walk walk, int rows, int columns)
    {
        Dispatch.Run(new TileForLanes(image, shifts, transposed, g, in walk, rows, columns));
    }

    private readonly ref struct TileForLanes(
        float* image, int* shifts, float* transposed, float* g, ref readonly Walk walk, int rows, int columns)
        : IForLanes
    {
        private readonly ref readonly Walk walk = ref walk;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => Widths<V>(image, shifts, transposed, g, walk, rows, columns);
    }

    private static void Widths<V>(
        float* image, int* shifts, float* transposed, float* g, in Walk walk, int rows, int columns)
        where V : struct, IVectorLanes<V>
    {
        if (columns == 2 * IVectorLanes<V>.Count)
        {
            Heights<V, Const2>(image, shifts, transposed, g, walk, rows, columns);
            return;
        }
        if (columns >= IVectorLanes<V>.Count)
        {
            Heights<V, Const1>(image, shifts, transposed, g, walk, rows, columns);
            columns -= IVectorLanes<V>.Count;
            transposed += IVectorLanes<V>.Count;
            g += IVectorLanes<V>.Count;
        }
        if (columns > 0)
            Heights<V, Masked>(image, shifts, transposed, g, walk, rows, columns);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V, TWidth>(
        float* image, int* shifts, float* transposed, float* g, in Walk walk, int rows, int columns)
        where V : struct, IVectorLanes<V> where TWidth : struct, IConstantInt
    {
        switch (rows)
        {
            case 1: Tile<V, Const1, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 2: Tile<V, Const2, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 3: Tile<V, Const3, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 4: Tile<V, Const4, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 5: Tile<V, Const5, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 6: Tile<V, Const6, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 7: Tile<V, Const7, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 8: Tile<V, Const8, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 9: Tile<V, Const9, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 10: Tile<V, Const10, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 11: Tile<V, Const11, TWidth>(image, shifts, transposed, g, walk, columns); break;
            case 12: Tile<V, Const12, TWidth>(image, shifts, transposed, g, walk, columns); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TWidth>(
        float* image, int* shifts, float* transposed, float* g, in Walk walk, int columns)
        where V : struct, IVectorLanes<V> where TRows : struct, IConstantInt where TWidth : struct, IConstantInt
    {
        var mask = TWidth.Value == Masked.Value ? V.FirstN(columns) : default;
        nint row = walk.Row;
        RegisterRow<V, TWidth> r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default;
        RegisterRow<V, TWidth> r6 = default, r7 = default, r8 = default, r9 = default, r10 = default, r11 = default;
        if (walk.Adds)
        {
            var from = g;
            r0.Load(from, mask);
            if (TRows.Value > 1) r1.Load(from += row, mask);
            if (TRows.Value > 2) r2.Load(from += row, mask);
            if (TRows.Value > 3) r3.Load(from += row, mask);
            if (TRows.Value > 4) r4.Load(from += row, mask);
            if (TRows.Value > 5) r5.Load(from += row, mask);
            if (TRows.Value > 6) r6.Load(from += row, mask);
            if (TRows.Value > 7) r7.Load(from += row, mask);
            if (TRows.Value > 8) r8.Load(from += row, mask);
            if (TRows.Value > 9) r9.Load(from += row, mask);
            if (TRows.Value > 10) r10.Load(from += row, mask);
            if (TRows.Value > 11) r11.Load(from += row, mask);
        }
        float* a = image + shifts[0];
        nint s1 = TRows.Value > 1 ? shifts[1] - shifts[0] : 0, s2 = TRows.Value > 2 ? shifts[2] - shifts[0] : 0;
        nint s3 = TRows.Value > 3 ? shifts[3] - shifts[0] : 0, s4 = TRows.Value > 4 ? shifts[4] - shifts[0] : 0;
        nint s5 = TRows.Value > 5 ? shifts[5] - shifts[0] : 0, s6 = TRows.Value > 6 ? shifts[6] - shifts[0] : 0;
        nint s7 = TRows.Value > 7 ? shifts[7] - shifts[0] : 0, s8 = TRows.Value > 8 ? shifts[8] - shifts[0] : 0;
        nint s9 = TRows.Value > 9 ? shifts[9] - shifts[0] : 0, s10 = TRows.Value > 10 ? shifts[10] - shifts[0] : 0;
        nint s11 = TRows.Value > 11 ? shifts[11] - shifts[0] : 0;
        for (nint y = 0; y < walk.Height; y++, a += walk.Pitch - walk.Width)
            for (var end = a + walk.Width; a != end; a++, transposed += row)
            {
                RegisterRow<V, TWidth> p = default;
                p.Load(transposed, mask);
                r0.MultiplyAdd(*a, p);
                if (TRows.Value > 1) r1.MultiplyAdd(a[s1], p);
                if (TRows.Value > 2) r2.MultiplyAdd(a[s2], p);
                if (TRows.Value > 3) r3.MultiplyAdd(a[s3], p);
                if (TRows.Value > 4) r4.MultiplyAdd(a[s4], p);
                if (TRows.Value > 5) r5.MultiplyAdd(a[s5], p);
                if (TRows.Value > 6) r6.MultiplyAdd(a[s6], p);
                if (TRows.Value > 7) r7.MultiplyAdd(a[s7], p);
                if (TRows.Value > 8) r8.MultiplyAdd(a[s8], p);
                if (TRows.Value > 9) r9.MultiplyAdd(a[s9], p);
                if (TRows.Value > 10) r10.MultiplyAdd(a[s10], p);
                if (TRows.Value > 11) r11.MultiplyAdd(a[s11], p);
            }
        RegisterRow<V, TWidth> nothing = default;
        r0.Store(g, nothing, mask);
        if (TRows.Value > 1) r1.Store(g += row, nothing, mask);
        if (TRows.Value > 2) r2.Store(g += row, nothing, mask);
        if (TRows.Value > 3) r3.Store(g += row, nothing, mask);
        if (TRows.Value > 4) r4.Store(g += row, nothing, mask);
        if (TRows.Value > 5) r5.Store(g += row, nothing, mask);
        if (TRows.Value > 6) r6.Store(g += row, nothing, mask);
        if (TRows.Value > 7) r7.Store(g += row, nothing, mask);
        if (TRows.Value > 8) r8.Store(g += row, nothing, mask);
        if (TRows.Value > 9) r9.Store(g += row, nothing, mask);
        if (TRows.Value > 10) r10.Store(g += row, nothing, mask);
        if (TRows.Value > 11) r11.Store(g += row, nothing, mask);
    }
}
