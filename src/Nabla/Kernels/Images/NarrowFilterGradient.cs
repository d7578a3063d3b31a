using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// What <see cref="FilterGradient"/> computes, for groups of few filters: dW(o, k) = Σ over examples and window
/// positions of image[position + shift[k]] · δ(o, position). Few filters would leave lanes idle, so the positions lie
/// along the lanes. Each result is sixteen chains of fused multiply-adds, through the rows of example after example,
/// folded at the end.
/// </summary>
/// <remarks>
/// A block of 6 × 4 results stays in registers for one example, as sixteen lanes each, and is stored in memory between
/// two examples. δ and the image are read where they are; each row starts at the first lane.
/// </remarks>
internal sealed unsafe class NarrowFilterGradient
{
    /// <summary>
    /// The most filters of a group that count as few. It decides between two orders of summation, and so changes bits.
    /// </summary>
    public const int Few = 8;

    private const int Columns = 4;

    private readonly int[] shifts;
    private readonly int groups, filters, height, width, pitch, imageStep;

    /// <summary>Takes the geometry of one convolution, as <see cref="FilterGradient"/> does.</summary>
    public NarrowFilterGradient(int[] shifts, int groups, int filters, int height, int width, int pitch, int imageStep)
    {
        this.shifts = GC.AllocateUninitializedArray<int>(shifts.Length, pinned: true);
        shifts.CopyTo(this.shifts, 0);
        if (width == pitch)
            (height, width) = (1, height * width);              // rows without a gap between them are one row
        (this.groups, this.filters, this.height, this.width) = (groups, filters, height, width);
        (this.pitch, this.imageStep) = (pitch, imageStep);
    }

    /// <summary>The number of lanes of all results.</summary>
    public int LanesSize => checked(groups * filters * shifts.Length * IVectorLanes<Lanes128>.Count);

    /// <summary>Computes dW (filters × weights) for all examples; <paramref name="lanes"/> is scratch.</summary>
    public void Compute(float* images, int imageSize, float* dY, float* lanes, float* dW, int examples)
    {
        var most = Dispatch.Choose(avx512: 6, avx2: 2, portable: 1);
        EvenPartition heights = new(filters, most), widths = new(shifts.Length, Columns);
        var bands = new EvenPartition(widths.Count, Math.Max(1, widths.Count * groups / (4 * Workers.Threads)));
        fixed (int* first = shifts)
            Workers.Run(
                new Bands(this, first, images, imageSize, dY, lanes, dW, examples, heights, widths, bands),
                groups * bands.Count);
    }

    /// <summary>The groups, each cut into bands of blocks that run through the examples together.</summary>
    private readonly struct Bands(
        NarrowFilterGradient whole, int* shifts, float* images, int imageSize, float* dY, float* lanes, float* dW,
        int examples, EvenPartition heights, EvenPartition widths, EvenPartition bands) : IParts
    {
        public void Run(int index)
        {
            Dispatch.Run(new BandOfGroup(this, index / bands.Count, index % bands.Count));
        }

        public void Run<V>(int group, int band) where V : struct, IVectorLanes<V>
        {
            int weights = whole.shifts.Length, positions = whole.height * whole.width;
            int from = widths.Start(bands.Start(band)), to = widths.Start(bands.Start(band + 1));
            nint firstFilter = (nint)group * whole.filters, lanesOfFilter = (nint)weights * IVectorLanes<V>.Count;
            for (var example = 0; example < examples; example++)
                for (var column = bands.Start(band); column < bands.Start(band + 1); column++)
                    for (var row = 0; row < heights.Count; row++)
                    {
                        var filter = firstFilter + heights.Start(row);
                        Heights<V>(
                            images + (nint)example * imageSize + (nint)group * whole.imageStep,
                            shifts + widths.Start(column),
                            dY + ((nint)example * whole.groups * whole.filters + filter) * positions,
                            lanes + (filter * weights + widths.Start(column)) * IVectorLanes<V>.Count,
                            new(whole.height, whole.width, whole.pitch, positions, lanesOfFilter, example > 0),
                            heights.Length(row), widths.Length(column));
                    }
            for (var filter = firstFilter; filter < firstFilter + whole.filters; filter++)
                for (var k = from; k < to; k++)
                    dW[filter * weights + k] = examples > 0
                        ? V.Sum(V.Load(lanes + (filter * weights + k) * IVectorLanes<V>.Count))
                        : 0;
        }
    }

    private readonly struct BandOfGroup(Bands bands, int group, int band) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => bands.Run<V>(group, band);
    }

    /// <summary>
    /// The window positions, the steps from filter to filter of δ and of the lanes, and whether the chains continue
    /// from the lanes.
    /// </summary>
    private readonly struct Walk(nint height, nint width, nint pitch, nint filter, nint lanes, bool adds)
    {
        public readonly nint Height = height, Width = width, Pitch = pitch, Filter = filter, Lanes = lanes;
        public readonly bool Adds = adds;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Heights<V>(
        float* image, int* shifts, float* dY, float* lanes, in Walk walk, int height, int width)
        where V : struct, IVectorLanes<V>
    {
        switch (height)
        {
            case 1: Widths<V, Const1>(image, shifts, dY, lanes, walk, width); break;
            case 2: Widths<V, Const2>(image, shifts, dY, lanes, walk, width); break;
            case 3: Widths<V, Const3>(image, shifts, dY, lanes, walk, width); break;
            case 4: Widths<V, Const4>(image, shifts, dY, lanes, walk, width); break;
            case 5: Widths<V, Const5>(image, shifts, dY, lanes, walk, width); break;
            case 6: Widths<V, Const6>(image, shifts, dY, lanes, walk, width); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Widths<V, TRows>(
        float* image, int* shifts, float* dY, float* lanes, in Walk walk, int width)
        where V : struct, IVectorLanes<V> where TRows : struct, IConstantInt
    {
        switch (width)
        {
            case 1: Tile<V, TRows, Const1>(image, shifts, dY, lanes, walk); break;
            case 2: Tile<V, TRows, Const2>(image, shifts, dY, lanes, walk); break;
            case 3: Tile<V, TRows, Const3>(image, shifts, dY, lanes, walk); break;
            case 4: Tile<V, TRows, Const4>(image, shifts, dY, lanes, walk); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V, TRows, TColumns>(float* image, int* shifts, float* dY, float* lanes, in Walk walk)
        where V : struct, IVectorLanes<V> where TRows : struct, IConstantInt where TColumns : struct, IConstantInt
    {
        nint width = walk.Width, pitch = walk.Pitch, filter = walk.Filter, row = walk.Lanes;
        nint rest = width % IVectorLanes<V>.Count;
        var mask = V.FirstN((int)rest);
        LaneAccumulators<V, TColumns> r0 = default, r1 = default, r2 = default, r3 = default, r4 = default;
        LaneAccumulators<V, TColumns> r5 = default, q = default;
        if (walk.Adds)
        {
            r0.LoadLanes(lanes);
            if (TRows.Value > 1) r1.LoadLanes(lanes + row);
            if (TRows.Value > 2) r2.LoadLanes(lanes + 2 * row);
            if (TRows.Value > 3) r3.LoadLanes(lanes + 3 * row);
            if (TRows.Value > 4) r4.LoadLanes(lanes + 4 * row);
            if (TRows.Value > 5) r5.LoadLanes(lanes + 5 * row);
        }
        float* x0 = image + shifts[0], x1 = TColumns.Value > 1 ? image + shifts[1] : x0;
        float* x2 = TColumns.Value > 2 ? image + shifts[2] : x0, x3 = TColumns.Value > 3 ? image + shifts[3] : x0;
        float* d = dY, d3 = d + 3 * filter;
        for (nint y = 0; y < walk.Height;
            y++, x0 += pitch, x1 += pitch, x2 += pitch, x3 += pitch, d += width, d3 += width)
        {
            nint i = 0;
            for (; i < width - rest; i += IVectorLanes<V>.Count)
            {
                q.Load(x0 + i, x1 + i, x2 + i, x3 + i);
                r0.MultiplyAdd(V.Load(d + i), q);
                if (TRows.Value > 1) r1.MultiplyAdd(V.Load(d + filter + i), q);
                if (TRows.Value > 2) r2.MultiplyAdd(V.Load(d + 2 * filter + i), q);
                if (TRows.Value > 3) r3.MultiplyAdd(V.Load(d3 + i), q);
                if (TRows.Value > 4) r4.MultiplyAdd(V.Load(d3 + filter + i), q);
                if (TRows.Value > 5) r5.MultiplyAdd(V.Load(d3 + 2 * filter + i), q);
            }
            if (rest > 0)
            {
                q.Load(x0 + i, x1 + i, x2 + i, x3 + i, mask);
                r0.MultiplyAdd(V.Load(d + i, mask), q);
                if (TRows.Value > 1) r1.MultiplyAdd(V.Load(d + filter + i, mask), q);
                if (TRows.Value > 2) r2.MultiplyAdd(V.Load(d + 2 * filter + i, mask), q);
                if (TRows.Value > 3) r3.MultiplyAdd(V.Load(d3 + i, mask), q);
                if (TRows.Value > 4) r4.MultiplyAdd(V.Load(d3 + filter + i, mask), q);
                if (TRows.Value > 5) r5.MultiplyAdd(V.Load(d3 + 2 * filter + i, mask), q);
            }
        }
        r0.StoreLanes(lanes);
        if (TRows.Value > 1) r1.StoreLanes(lanes + row);
        if (TRows.Value > 2) r2.StoreLanes(lanes + 2 * row);
        if (TRows.Value > 3) r3.StoreLanes(lanes + 3 * row);
        if (TRows.Value > 4) r4.StoreLanes(lanes + 4 * row);
        if (TRows.Value > 5) r5.StoreLanes(lanes + 5 * row);
    }
}
