namespace Nabla.Kernels;

/// <summary>The sizes of a convolution: of an image that enters, of the filters, and of their steps over it.</summary>
internal sealed record ConvolutionSizes(
    int Channels, int Height, int Width, int Filters, int Kernel, int Stride, int Padding, int Dilation, int Groups)
{
    /// <summary>The number of rows of window positions.</summary>
    public int OutputHeight => Positions(Height);

    /// <summary>The number of window positions in a row.</summary>
    public int OutputWidth => Positions(Width);

    /// <summary>The number of filters in one group.</summary>
    public int GroupFilters => Filters / Groups;

    /// <summary>The number of channels in one group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>The number of weights of one filter.</summary>
    public int FilterSize => GroupChannels * Kernel * Kernel;

    private int Positions(int size) => (size + 2 * Padding - Dilation * (Kernel - 1) - 1) / Stride + 1;
}

/// <summary>
/// A convolution of images with filters, and its derivatives: the entry to the kernels below it. It chooses them and
/// makes their plans once, for one kind of image.
/// </summary>
internal sealed unsafe class Convolution
{
    /// <summary>
    /// The most parts that a batch is cut into: a few for each of many threads. The thread that computes a part takes a
    /// scratch slot (<see cref="ScratchSlots"/>, of which there are 32 at most).
    /// </summary>
    public const int MostParts = 16;

    private const int ScratchForTransposed = 1 << 18;   // elements of δ that are transposed at a time: 1 MB

    private readonly ConvolutionSizes sizes;
    private readonly PaddedImageLayout images, derivatives;
    private readonly IImageProduct forward;
    private readonly IImageProduct[] backward;          // one for each phase of the image
    private readonly IFilterGradient? gradient;         // one of the two
    private readonly NarrowFilterGradient? narrowGradient;

    public Convolution(ConvolutionSizes sizes)
    {
        this.sizes = sizes;
        int height = sizes.OutputHeight, width = sizes.OutputWidth;
        if (Winograd.Suits(sizes))
        {
            var rotatedBorder = Winograd.Window - 1 - sizes.Padding;
            images = Tiled(sizes.Channels, sizes.Height, sizes.Width, sizes.Padding, height, width);
            derivatives = Tiled(sizes.Filters, height, width, rotatedBorder, sizes.Height, sizes.Width);
            forward = new WinogradProduct(images, sizes.Channels, sizes.Filters, height, width, transposed: false);
            backward =
            [
                new WinogradProduct(
                    derivatives, sizes.Filters, sizes.Channels, sizes.Height, sizes.Width, transposed: true),
            ];
            gradient = new WinogradGradient(images, sizes.Channels, sizes.Filters, height, width);
            PackedSize = Math.Max(forward.PackedSize, backward[0].PackedSize);
            ScratchSize = Math.Max(forward.ScratchSize, backward[0].ScratchSize);
            return;
        }
        images = new(
            sizes.Channels, sizes.Height, sizes.Width, sizes.Padding, sizes.Padding, sizes.Stride, width);
        var shifts = new int[sizes.FilterSize];
        for (var k = 0; k < shifts.Length; k++)
        {
            var (channel, i, j) = Indices(k);
            shifts[k] = images.At(channel, sizes.Dilation * i, sizes.Dilation * j);
        }
        var imageStep = sizes.GroupChannels * images.ChannelStep;
        forward = new DirectConvolution(shifts, [.. Enumerable.Range(0, shifts.Length)], height, width, images.Pitch)
        {
            Groups = sizes.Groups,
            Rows = sizes.GroupFilters,
            WeightSteps = (sizes.FilterSize, sizes.GroupFilters * sizes.FilterSize),
            ImageStep = imageStep,
            Result = (0, height * width, width, 1),
        };
        if (sizes.GroupFilters <= NarrowFilterGradient.Few)
            narrowGradient = new(
                shifts, sizes.Groups, sizes.GroupFilters, height, width, images.Pitch, imageStep);
        else
            gradient = new FilterGradient(
                shifts, sizes.Groups, sizes.GroupFilters, height, width, images.Pitch, imageStep);
        var border = new Border(sizes);
        var positions = (sizes.Width + sizes.Stride - 1) / sizes.Stride;
        derivatives = new(sizes.Filters, height, width, border.Before, border.After, step: 1, positions);
        backward =
        [
            .. from row in Enumerable.Range(0, sizes.Stride)
               from column in Enumerable.Range(0, sizes.Stride)
               select Phase(row, column, border),
        ];
        PackedSize = Math.Max(forward.PackedSize, backward.Sum(phase => phase.PackedSize));
    }

    /// <summary>The number of elements of an image with its border.</summary>
    public int PaddedSize => images.Size;

    /// <summary>The number of elements of the derivatives of one example with their border.</summary>
    public int PaddedDerivativeSize => derivatives.Size;

    /// <summary>Whether images are read where they are, so that no padded copy is needed.</summary>
    public bool ReadsImages => images.IsPlain;

    /// <summary>Whether derivatives are read where they are, so that no padded copy is needed.</summary>
    public bool ReadsDerivatives => derivatives.IsPlain;

    /// <summary>The number of elements of the filters in the order in which they are read.</summary>
    public int PackedSize { get; }

    /// <summary>
    /// The number of scratch elements that the products need for each part of a batch. There are as many parts as
    /// examples, but at most <see cref="MostParts"/>.
    /// </summary>
    public int ScratchSize { get; }

    /// <summary>
    /// The number of examples whose derivatives may be transposed at a time; 0 if they are read where they are.
    /// </summary>
    public int ExamplesAtOnce => gradient is null ? 0 : Math.Max(1, ScratchForTransposed / TransposedSize);

    /// <summary>The number of elements needed to sum ∂C/∂W.</summary>
    public int SumsSize => narrowGradient?.LanesSize ?? gradient!.SumsSize;

    /// <summary>The number of derivatives of one example.</summary>
    public int TransposedSize => sizes.Filters * sizes.OutputHeight * sizes.OutputWidth;

    private int ImageSize => sizes.Channels * sizes.Height * sizes.Width;

    /// <summary>Y from X. Leaves images with borders in padded, unless images are read where they are.</summary>
    public void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y,
        Span<float> padded, Span<float> packed, Span<float> scratch, int batch)
    {
        var parts = ScratchSize == 0 ? new EvenPartition(batch, 1) : InParts(batch);
        var taken = 0;
        fixed (float* px = x, pw = w, pBias = bias, py = y, pPadded = padded, pPacked = packed, pScratch = scratch)
        {
            forward.Pack(pw, pPacked);
            Workers.Run(
                new ForwardParts(this, px, pBias, py, pPadded, pPacked, pScratch, parts, &taken), parts.Count);
        }
    }

    /// <summary>
    /// ∂C/∂X from ∂C/∂Y. Padded is scratch for the derivatives, with borders of 0, of up to <see cref="MostParts"/>
    /// examples.
    /// </summary>
    public void InputGradient(
        ReadOnlySpan<float> dY, ReadOnlySpan<float> w, Span<float> dX,
        Span<float> padded, Span<float> packed, Span<float> scratch, int batch)
    {
        var parts = InParts(batch);
        var taken = 0;
        fixed (float* pdY = dY, pw = w, pdX = dX, pPadded = padded, pPacked = packed, pScratch = scratch)
        {
            var to = pPacked;
            foreach (var phase in backward)
            {
                phase.Pack(pw, to);
                to += phase.PackedSize;
            }
            Workers.Run(new BackwardParts(this, pdY, pdX, pPadded, pPacked, pScratch, parts, &taken), parts.Count);
        }
    }

    /// <summary>∂C/∂W from ∂C/∂Y and X, with its borders as <see cref="Forward"/> left it.</summary>
    /// <param name="images">X, with borders unless it is read where it is.</param>
    /// <param name="dY">∂C/∂Y.</param>
    /// <param name="dW">Becomes ∂C/∂W.</param>
    /// <param name="transposed">Scratch for the derivatives of up to <see cref="ExamplesAtOnce"/> examples.</param>
    /// <param name="sums">Scratch of <see cref="SumsSize"/> elements.</param>
    /// <param name="batch">The number of examples.</param>
    public void WeightGradient(
        ReadOnlySpan<float> images, ReadOnlySpan<float> dY, Span<float> dW,
        Span<float> transposed, Span<float> sums, int batch)
    {
        fixed (float* pImages = images, pdY = dY, pdW = dW, pTransposed = transposed, pSums = sums)
        {
            if (gradient is null)
            {
                narrowGradient!.Compute(pImages, PaddedSize, pdY, pSums, pdW, batch);
                return;
            }
            var atOnce = transposed.Length / TransposedSize;
            for (var first = 0; first < batch; first += atOnce)
            {
                var count = Math.Min(atOnce, batch - first);
                Workers.Run(new TransposeParts(this, pdY + (nint)first * TransposedSize, pTransposed), count);
                var image = pImages + (nint)first * PaddedSize;
                gradient.Add(image, PaddedSize, pTransposed, pSums, count, isFirst: first == 0);
            }
            gradient.Finish(pSums, pdW);
        }
    }

    private static EvenPartition InParts(int batch) => new(batch, Math.Max(1, (batch + MostParts - 1) / MostParts));

    /// <summary>
    /// The layout of images from which this many rows and columns of results are computed in tiles. The border reaches
    /// to the end of the last tile.
    /// </summary>
    internal static PaddedImageLayout Tiled(int channels, int height, int width, int border, int rows, int columns)
    {
        int Beyond(int size, int results) => Math.Max(
            0, Winograd.Tile * WinogradProduct.Tiles(results) + Winograd.Side - Winograd.Tile - size - border);
        var after = Math.Max(Beyond(height, rows), Beyond(width, columns));
        return new(channels, height, width, border, after, step: 2, WinogradProduct.Tiles(columns));
    }

    /// <summary>The channel, row and column of weight k of a filter.</summary>
    private (int Channel, int Row, int Column) Indices(int k) =>
        (k / (sizes.Kernel * sizes.Kernel), k / sizes.Kernel % sizes.Kernel, k % sizes.Kernel);

    /// <summary>
    /// ∂C/∂X for the pixels whose padded row and column are <paramref name="row"/> and <paramref name="column"/> modulo
    /// the stride. The weight in column j met such a pixel, the u-th of its row among them, when the window was at
    /// position u − (d·j − column)/s, if that is an integer.
    /// </summary>
    private DirectConvolution Phase(int row, int column, Border border)
    {
        List<int> shifts = [], weights = [];
        int top = border.First(row), left = border.First(column);
        for (var filter = 0; filter < sizes.GroupFilters; filter++)
            for (var i = 0; i < sizes.Kernel; i++)
                for (var j = 0; j < sizes.Kernel; j++)
                    if (border.Sees(row, i) && border.Sees(column, j))
                    {
                        int y = top - border.Lag(row, i), x = left - border.Lag(column, j);
                        shifts.Add(derivatives.At(filter, y + border.Before, x + border.Before));
                        weights.Add(filter * sizes.FilterSize + i * sizes.Kernel + j);
                    }
        int firstRow = top * sizes.Stride + row - sizes.Padding;
        int firstColumn = left * sizes.Stride + column - sizes.Padding;
        int rows = border.Count(row, sizes.Height), columns = border.Count(column, sizes.Width);
        return new([.. shifts], [.. weights], rows, columns, derivatives.Pitch)
        {
            Groups = sizes.Groups,
            Rows = sizes.GroupChannels,
            WeightSteps = (sizes.Kernel * sizes.Kernel, sizes.GroupFilters * sizes.FilterSize),
            ImageStep = sizes.GroupFilters * derivatives.ChannelStep,
            Result = (
                firstRow * sizes.Width + firstColumn, sizes.Height * sizes.Width, sizes.Stride * sizes.Width,
                sizes.Stride),
        };
    }

    /// <summary>
    /// Which rows or columns of the window met a pixel, along one direction; and how far the window positions that they
    /// belong to reach beyond the first and the last one there is.
    /// </summary>
    private sealed class Border
    {
        private readonly ConvolutionSizes sizes;

        public Border(ConvolutionSizes sizes)
        {
            this.sizes = sizes;
            for (var phase = 0; phase < sizes.Stride; phase++)
                for (var i = 0; i < sizes.Kernel; i++)
                    if (Sees(phase, i))
                    {
                        Before = Math.Max(Before, Lag(phase, i) - First(phase));
                        After = Math.Max(After, Beyond(phase, i, sizes.Height, sizes.OutputHeight));
                        After = Math.Max(After, Beyond(phase, i, sizes.Width, sizes.OutputWidth));
                    }
        }

        public int Before { get; }

        public int After { get; }

        /// <summary>The index of the first pixel of a phase that is in the image and not in its border.</summary>
        public int First(int phase) => Math.Max(0, (sizes.Padding - phase + sizes.Stride - 1) / sizes.Stride);

        /// <summary>How many pixels of an image <paramref name="size"/> long belong to the phase.</summary>
        public int Count(int phase, int size) =>
            Math.Max(0, (size + sizes.Padding - phase + sizes.Stride - 1) / sizes.Stride - First(phase));

        public bool Sees(int phase, int i) => (sizes.Dilation * i - phase) % sizes.Stride == 0;

        public int Lag(int phase, int i) => (sizes.Dilation * i - phase) / sizes.Stride;

        private int Beyond(int phase, int i, int size, int positions) =>
            First(phase) + Count(phase, size) - 1 - Lag(phase, i) - (positions - 1);
    }

    private readonly struct ForwardParts(
        Convolution whole, float* x, float* bias, float* y, float* padded, float* packed, float* scratch,
        EvenPartition parts, int* taken) : IParts
    {
        public void Run(int index)
        {
            var slot = ScratchSlots.Take(taken);
            var mine = scratch + (nint)slot * whole.ScratchSize;
            for (var example = parts.Start(index); example < parts.Start(index + 1); example++)
            {
                var image = x + (nint)example * whole.ImageSize;
                if (!whole.ReadsImages)
                {
                    var copy = padded + (nint)example * whole.PaddedSize;
                    whole.images.Copy(image, copy);
                    image = copy;
                }
                whole.forward.Compute(packed, image, bias, y + (nint)example * whole.TransposedSize, mine);
            }
            ScratchSlots.Return(taken, slot);
        }
    }

    private readonly struct BackwardParts(
        Convolution whole, float* dY, float* dX, float* padded, float* packed, float* scratch, EvenPartition parts,
        int* taken) : IParts
    {
        public void Run(int index)
        {
            var slot = ScratchSlots.Take(taken);
            var mine = scratch + (nint)slot * whole.ScratchSize;
            for (var example = parts.Start(index); example < parts.Start(index + 1); example++)
            {
                var derivative = dY + (nint)example * whole.TransposedSize;
                if (!whole.ReadsDerivatives)
                {
                    var copy = padded + (nint)slot * whole.PaddedDerivativeSize;
                    whole.derivatives.Copy(derivative, copy);
                    derivative = copy;
                }
                var filters = packed;
                foreach (var phase in whole.backward)
                {
                    phase.Compute(filters, derivative, null, dX + (nint)example * whole.ImageSize, mine);
                    filters += phase.PackedSize;
                }
            }
            ScratchSlots.Return(taken, slot);
        }
    }

    /// <summary>Transposes the derivatives of one example: from filters × positions to positions × filters.</summary>
    private readonly struct TransposeParts(Convolution whole, float* dY, float* transposed) : IParts
    {
        public void Run(int index)
        {
            int filters = whole.sizes.Filters, positions = whole.TransposedSize / filters;
            var start = (nint)index * whole.TransposedSize;
            Panels.Pack(new(dY + start, positions, 1), filters, positions, transposed + start, filters);
        }
    }
}
