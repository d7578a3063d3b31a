using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B where row k of B is an image from pixel shift[k] on: the products of a convolution, without a copy of the
/// image for each position of the window.
/// </summary>
/// <remarks>
/// <para>Columns of C are the positions of the window, numbered along the rows of the padded image, so that a vector of
/// them is a vector of the image, shifted. Those at the end of a row, where the window would wrap around, are computed
/// and thrown away: with a window of 3 × 3 on 26 pixels, one column in thirteen.</para>
/// <para>It runs the micro-kernel of all products: a block of A stays in the nearest cache while the image is read, and
/// results are written to memory in order. Each result is one chain of fused multiply-adds in the order of k.</para>
/// </remarks>
internal sealed unsafe class DirectConvolution : IImageProduct
{
    private const int TileWidth = 32, MostTileRows = 12;

    private readonly int[] shifts, weights;
    private readonly int positions;

    /// <summary>Takes the lists that define row k of B and column k of A.</summary>
    /// <param name="shifts">Where row k of B starts.</param>
    /// <param name="weights">The index of A(0, k) among the weights.</param>
    /// <param name="height">The number of rows of window positions.</param>
    /// <param name="width">The number of window positions in a row.</param>
    /// <param name="pitch">The distance from a row of the image to the next.</param>
    public DirectConvolution(int[] shifts, int[] weights, int height, int width, int pitch)
    {
        this.shifts = GC.AllocateUninitializedArray<int>(shifts.Length, pinned: true);
        shifts.CopyTo(this.shifts, 0);
        this.weights = weights;
        (Height, Width, Pitch) = (height, width, pitch);
        positions = height == 0 || width == 0 ? 0 : checked((height - 1) * pitch + width);
    }

    private int Height { get; }

    private int Width { get; }

    private int Pitch { get; }

    /// <summary>The number of groups, each with its own rows of A and its own channels of the image.</summary>
    public required int Groups { get; init; }

    /// <summary>The number of rows of A and C in a group.</summary>
    public required int Rows { get; init; }

    /// <summary>The distance among the weights from A(i, k) to A(i + 1, k), and from a group to the next.</summary>
    public required (int Row, int Group) WeightSteps { get; init; }

    /// <summary>The distance in the image from the channels of a group to those of the next.</summary>
    public required int ImageStep { get; init; }

    /// <summary>
    /// Where the results go: the index of the first, the distance between rows of C (channels), and in each of these
    /// between rows and columns of window positions.
    /// </summary>
    public required (int Start, int Channel, int Row, int Column) Result { get; init; }

    /// <inheritdoc/>
    public int PackedSize => checked(Groups * Rows * shifts.Length);

    /// <inheritdoc/>
    public int ScratchSize => 0;

    /// <inheritdoc/>
    public void Pack(float* w, float* to)
    {
        var heights = new EvenPartition(Rows, GemmMicroKernel.MostRows);
        for (var group = 0; group < Groups; group++)
            for (var part = 0; part < heights.Count; part++)
            {
                var first = w + (nint)group * WeightSteps.Group + (nint)heights.Start(part) * WeightSteps.Row;
                foreach (var weight in weights)
                    for (var i = 0; i < heights.Length(part); i++)
                        *to++ = first[weight + (nint)i * WeightSteps.Row];
            }
    }

    /// <inheritdoc/>
    public void Compute(float* packed, float* image, float* bias, float* c, float* scratch)
    {
        c += Result.Start;
        for (var group = 0; group < Groups; group++)
        {
            ComputeGroup(packed, image, bias, c);
            packed += (nint)Rows * shifts.Length;
            image += ImageStep;
            bias = bias == null ? null : bias + Rows;
            c += (nint)Rows * Result.Channel;
        }
    }

    [SkipLocalsInit]
    private void ComputeGroup(float* packed, float* image, float* bias, float* c)
    {
        var heights = new EvenPartition(Rows, GemmMicroKernel.MostRows);
        var depth = shifts.Length;
        var inPlace = bias == null && Result.Column == 1
            && (Height == 1 || (Result.Row == Pitch && Width == Pitch));        // no result has to be moved or dropped
        var scratch = stackalloc float[MostTileRows * TileWidth + AlignedBuffer.Line];
        var tile = AlignedBuffer.Align(scratch);
        fixed (int* rows = shifts)
            for (var part = 0; part < heights.Count; part++)
            {
                int first = heights.Start(part), height = heights.Length(part);
                var to = c + (nint)first * Result.Channel;
                var strides = new GemmMicroKernel.Strides(
                    1, height, 0, inPlace ? Result.Channel : TileWidth, depth, adds: false, rows);
                for (var position = 0; position < positions; position += GemmMicroKernel.MostColumns)
                {
                    var width = Math.Min(GemmMicroKernel.MostColumns, positions - position);
                    GemmMicroKernel.Compute(
                        packed + (nint)first * depth, image + position, inPlace ? to + position : tile, null,
                        strides, height, width);
                    if (!inPlace)
                        Place(tile, height, position, width, bias == null ? null : bias + first, to);
                }
            }
    }

    /// <summary>
    /// Copies a block of results from the tile to where they belong, without those beyond the ends of rows.
    /// </summary>
    private void Place(float* tile, int height, int position, int count, float* bias, float* c)
    {
        Dispatch.Run(new Placing(this, tile, height, position, count, bias, c));
    }

    private readonly struct Placing(
        DirectConvolution whole, float* tile, int height, int position, int count, float* bias, float* c) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => whole.Place<V>(tile, height, position, count, bias, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Place<V>(float* tile, int height, int position, int count, float* bias, float* c)
        where V : struct, IVectorLanes<V>
    {
        int row = position / Pitch, column = position % Pitch;
        for (var done = 0; done < count; row++, done += Pitch - column, column = 0)
        {
            var run = Math.Min(Width - column, count - done);
            if (run <= 0)
                continue;
            var to = c + (nint)row * Result.Row + (nint)column * Result.Column;
            if (Result.Column == 1)
            {
                var lane = done / IVectorLanes<V>.Count * IVectorLanes<V>.Count;
                for (; lane < done + run; lane += IVectorLanes<V>.Count)
                    CopyLanes<V>(
                        tile + lane, to + lane - done, bias, height,
                        Math.Max(done - lane, 0), Math.Min(done + run - lane, IVectorLanes<V>.Count));
            }
            else
                for (var i = 0; i < height; i++, to += Result.Channel)
                    for (var j = 0; j < run; j++)
                        to[(nint)j * Result.Column] = tile[i * TileWidth + done + j] + (bias == null ? 0 : bias[i]);
        }
    }

    /// <summary>
    /// Copies some lanes of every row of a block, and adds each row's bias. The vectors are read as they were written:
    /// other vectors would have to wait until those are in the cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyLanes<V>(float* from, float* to, float* bias, int height, int firstLane, int endLane)
        where V : struct, IVectorLanes<V>
    {
        nint step = Result.Channel;
        if (endLane - firstLane == IVectorLanes<V>.Count)
        {
            for (var i = 0; i < height; i++, from += TileWidth, to += step)
                V.Store(V.Load(from) + V.Of(bias == null ? 0 : bias[i]), to);
            return;
        }
        var mask = V.Between(firstLane, endLane);
        for (var i = 0; i < height; i++, from += TileWidth, to += step)
            V.Store(V.Load(from) + V.Of(bias == null ? 0 : bias[i]), to, mask);
    }
}
