namespace Nabla.Kernels;

/// <summary>The sizes of a convolution: of an image that enters, of its filters, and of how they move over it.</summary>
internal sealed record ConvolutionSizes(int Channels, int Height, int Width, int Filters, int Kernel, int Stride, int Padding, int Dilation, int Groups)
{
    /// <summary>How many rows and columns of places a window has.</summary>
    public int OutputHeight => Places(Height);

    public int OutputWidth => Places(Width);

    /// <summary>Filters and channels of one group, and the weights of one filter.</summary>
    public int GroupFilters => Filters / Groups;

    public int GroupChannels => Channels / Groups;

    public int FilterSize => GroupChannels * Kernel * Kernel;

    private int Places(int size) => (size + 2 * Padding - Dilation * (Kernel - 1) - 1) / Stride + 1;
}

/// <summary>A convolution of images with filters, and its derivatives: the entry to the kernels beneath. It makes its plans once, for one kind of image.</summary>
internal sealed unsafe class Convolution
{
    /// <summary>How many parts a batch is cut into at most: a few for each of many threads. Who does one takes a room (<see cref="ScratchSlots"/>, of which there are 32 at most).</summary>
    public const int MostParts = 16;

    private const int ScratchForTransposed = 1 << 18;          // numbers of δ that are turned at a time: 1 MB

    private readonly ConvolutionSizes sizes;
    private readonly PaddedImageLayout images, derivatives;
    private readonly IImageProduct forward;
    private readonly IImageProduct[] backward;         // one for each phase of the image
    private readonly IFilterGradient? gradient;         // one of the two
    private readonly NarrowFilterGradient? narrowGradient;

    public Convolution(ConvolutionSizes sizes)
    {
        this.sizes = sizes;
        if (Winograd.Suits(sizes))
        {
            images = Tiled(sizes.Channels, sizes.Height, sizes.Width, sizes.Padding, sizes.OutputHeight, sizes.OutputWidth);
            derivatives = Tiled(sizes.Filters, sizes.OutputHeight, sizes.OutputWidth, Winograd.Window - 1 - sizes.Padding, sizes.Height, sizes.Width);
            forward = new WinogradProduct(images, sizes.Channels, sizes.Filters, sizes.OutputHeight, sizes.OutputWidth, transposed: false);
            backward = [new WinogradProduct(derivatives, sizes.Filters, sizes.Channels, sizes.Height, sizes.Width, transposed: true)];
            gradient = new WinogradGradient(images, sizes.Channels, sizes.Filters, sizes.OutputHeight, sizes.OutputWidth);
            PackedSize = Math.Max(forward.PackedSize, backward[0].PackedSize);
            ScratchSize = Math.Max(forward.ScratchSize, backward[0].ScratchSize);
            return;
        }
        images = new(sizes.Channels, sizes.Height, sizes.Width, sizes.Padding, sizes.Padding, sizes.Stride, sizes.OutputWidth);
        var shifts = new int[sizes.FilterSize];
        for (var k = 0; k < shifts.Length; k++)
        {
            var (channel, i, j) = Place(k);
            shifts[k] = images.At(channel, sizes.Dilation * i, sizes.Dilation * j);
        }
        var imageStep = sizes.GroupChannels * images.ChannelStep;
        forward = new DirectConvolution(shifts, [.. Enumerable.Range(0, shifts.Length)], sizes.OutputHeight, sizes.OutputWidth, images.Pitch)
        {
            Groups = sizes.Groups,
            Rows = sizes.GroupFilters,
            WeightSteps = (sizes.FilterSize, sizes.GroupFilters * sizes.FilterSize),
            ImageStep = imageStep,
            Result = (0, sizes.OutputHeight * sizes.OutputWidth, sizes.OutputWidth, 1),
        };
        if (sizes.GroupFilters <= NarrowFilterGradient.Few)
            narrowGradient = new(shifts, sizes.Groups, sizes.GroupFilters, sizes.OutputHeight, sizes.OutputWidth, images.Pitch, imageStep);
        else
            gradient = new FilterGradient(shifts, sizes.Groups, sizes.GroupFilters, sizes.OutputHeight, sizes.OutputWidth, images.Pitch, imageStep);
        var border = new Border(sizes);
        derivatives = new(sizes.Filters, sizes.OutputHeight, sizes.OutputWidth, border.Before, border.After, step: 1, (sizes.Width + sizes.Stride - 1) / sizes.Stride);
        backward = [.. from row in Enumerable.Range(0, sizes.Stride) from column in Enumerable.Range(0, sizes.Stride) select Phase(row, column, border)];
        PackedSize = Math.Max(forward.PackedSize, backward.Sum(phase => phase.PackedSize));
    }

    /// <summary>How many numbers an image takes with its border, and one of derivatives.</summary>
    public int PaddedSize => images.Size;

    public int PaddedDerivativeSize => derivatives.Size;

    /// <summary>Whether images, and derivatives, are read where they are, so that no room is needed for them.</summary>
    public bool ReadsImages => images.IsPlain;

    public bool ReadsDerivatives => derivatives.IsPlain;

    /// <summary>How many numbers the filters take in the order in which they are read.</summary>
    public int PackedSize { get; }

    /// <summary>How many numbers of room the products want, for each part that a batch is cut into: up to <see cref="MostParts"/>, or as many as there are examples.</summary>
    public int ScratchSize { get; }

    /// <summary>How many examples' derivatives can be turned at a time; 0 if they are read where they are.</summary>
    public int ExamplesAtOnce => gradient is null ? 0 : Math.Max(1, ScratchForTransposed / TransposedSize);

    /// <summary>How many numbers are needed to sum ∂C/∂W.</summary>
    public int SumsSize => narrowGradient?.LanesSize ?? gradient!.SumsSize;

    /// <summary>How many numbers the derivatives of one example are.</summary>
    public int TransposedSize => sizes.Filters * sizes.OutputHeight * sizes.OutputWidth;

    private int ImageSize => sizes.Channels * sizes.Height * sizes.Width;

    /// <summary>Y from X; padded, unless images are read where they are, is left with the images and their borders.</summary>
    public void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> bias, Span<float> y, Span<float> padded, Span<float> packed, Span<float> scratch, int batch)
    {
        var parts = ScratchSize == 0 ? new EvenPartition(batch, 1) : InParts(batch);
        var taken = 0;
        fixed (float* px = x, pw = w, pBias = bias, py = y, pPadded = padded, pPacked = packed, pScratch = scratch)
        {
            forward.Pack(pw, pPacked);
            Workers.Run(new ForwardParts(this, px, pBias, py, pPadded, pPacked, pScratch, parts, &taken), parts.Count);
        }
    }

    /// <summary>∂C/∂X from ∂C/∂Y. Padded is room for up to <see cref="MostParts"/> derivatives with their borders.</summary>
    public void InputGradient(ReadOnlySpan<float> dY, ReadOnlySpan<float> w, Span<float> dX, Span<float> padded, Span<float> packed, Span<float> scratch, int batch)
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

    /// <summary>∂C/∂W from X, with its borders as <see cref="Forward"/> left it, and ∂C/∂Y.</summary>
    /// <param name="images">X, with borders unless it is read where it is.</param>
    /// <param name="dY">∂C/∂Y.</param>
    /// <param name="dW">To be overwritten with ∂C/∂W.</param>
    /// <param name="transposed">Room for the derivatives of some examples, up to <see cref="ExamplesAtOnce"/>.</param>
    /// <param name="sums">Room for <see cref="SumsSize"/> numbers.</param>
    /// <param name="batch">How many examples there are.</param>
    public void WeightGradient(ReadOnlySpan<float> images, ReadOnlySpan<float> dY, Span<float> dW, Span<float> transposed, Span<float> sums, int batch)
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
                Workers.Run(new TurningParts(this, pdY + (nint)first * TransposedSize, pTransposed), count);
                gradient.Add(pImages + (nint)first * PaddedSize, PaddedSize, pTransposed, pSums, count, isFirst: first == 0);
            }
            gradient.Finish(pSums, pdW);
        }
    }

    private static EvenPartition InParts(int batch) => new(batch, Math.Max(1, (batch + MostParts - 1) / MostParts));

    /// <summary>How images lie whose results, so many rows and columns of them, are computed by tiles; the border reaches to the end of the last tile.</summary>
    internal static PaddedImageLayout Tiled(int channels, int height, int width, int border, int rows, int columns)
    {
        int Beyond(int size, int results) => Math.Max(0, Winograd.Tile * WinogradProduct.Tiles(results) + Winograd.Side - Winograd.Tile - size - border);
        return new(channels, height, width, border, Math.Max(Beyond(height, rows), Beyond(width, columns)), step: 2, WinogradProduct.Tiles(columns));
    }

    /// <summary>The channel, row and column of weight k of a filter.</summary>
    private (int Channel, int Row, int Column) Place(int k) => (k / (sizes.Kernel * sizes.Kernel), k / sizes.Kernel % sizes.Kernel, k % sizes.Kernel);

    /// <summary>
    /// ∂C/∂X for the pixels whose padded row and column are <paramref name="row"/> and <paramref name="column"/> modulo the stride. Such a pixel, number u
    /// of its row among them, was seen by the weight in column j when the window was in place u − (d·j − column)/s, if that is a whole number.
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
                        shifts.Add(derivatives.At(filter, top - border.Lag(row, i) + border.Before, left - border.Lag(column, j) + border.Before));
                        weights.Add(filter * sizes.FilterSize + i * sizes.Kernel + j);
                    }
        int firstRow = top * sizes.Stride + row - sizes.Padding, firstColumn = left * sizes.Stride + column - sizes.Padding;
        return new([.. shifts], [.. weights], border.Count(row, sizes.Height), border.Count(column, sizes.Width), derivatives.Pitch)
        {
            Groups = sizes.Groups,
            Rows = sizes.GroupChannels,
            WeightSteps = (sizes.Kernel * sizes.Kernel, sizes.GroupFilters * sizes.FilterSize),
            ImageStep = sizes.GroupFilters * derivatives.ChannelStep,
            Result = (firstRow * sizes.Width + firstColumn, sizes.Height * sizes.Width, sizes.Stride * sizes.Width, sizes.Stride),
        };
    }

    /// <summary>Which places of the window saw a pixel, along one direction; and how far these reach beyond the first and the last there is.</summary>
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
                        After = Math.Max(After, First(phase) + Count(phase, sizes.Height) - 1 - Lag(phase, i) - (sizes.OutputHeight - 1));
                        After = Math.Max(After, First(phase) + Count(phase, sizes.Width) - 1 - Lag(phase, i) - (sizes.OutputWidth - 1));
                    }
        }

        public int Before { get; }

        public int After { get; }

        /// <summary>The number of the first pixel of a phase, among all those of the phase, that is in the image and not in its border.</summary>
        public int First(int phase) => Math.Max(0, (sizes.Padding - phase + sizes.Stride - 1) / sizes.Stride);

        /// <summary>How many pixels of an image <paramref name="size"/> long belong to the phase.</summary>
        public int Count(int phase, int size) => Math.Max(0, (size + sizes.Padding - phase + sizes.Stride - 1) / sizes.Stride - First(phase));

        public bool Sees(int phase, int i) => (sizes.Dilation * i - phase) % sizes.Stride == 0;

        public int Lag(int phase, int i) => (sizes.Dilation * i - phase) / sizes.Stride;
    }

    private readonly struct ForwardParts(Convolution whole, float* x, float* bias, float* y, float* padded, float* packed, float* scratch, EvenPartition parts, int* taken) : IParts
    {
        public void Run(int index)
        {
            var mine = ScratchSlots.Take(taken);
            for (var example = parts.Start(index); example < parts.Start(index + 1); example++)
            {
                var image = x + (nint)example * whole.ImageSize;
                if (!whole.ReadsImages)
                {
                    var copy = padded + (nint)example * whole.PaddedSize;
                    whole.images.Copy(image, copy);
                    image = copy;
                }
                whole.forward.Compute(packed, image, bias, y + (nint)example * whole.TransposedSize, scratch + (nint)mine * whole.ScratchSize);
            }
            ScratchSlots.Return(taken, mine);
        }
    }

    private readonly struct BackwardParts(
        Convolution whole, float* dY, float* dX, float* padded, float* packed, float* scratch, EvenPartition parts, int* taken) : IParts
    {
        public void Run(int index)
        {
            var mine = ScratchSlots.Take(taken);
            for (var example = parts.Start(index); example < parts.Start(index + 1); example++)
            {
                var derivative = dY + (nint)example * whole.TransposedSize;
                if (!whole.ReadsDerivatives)
                {
                    var copy = padded + (nint)mine * whole.PaddedDerivativeSize;
                    whole.derivatives.Copy(derivative, copy);
                    derivative = copy;
                }
                var filters = packed;
                foreach (var phase in whole.backward)
                {
                    phase.Compute(filters, derivative, null, dX + (nint)example * whole.ImageSize, scratch + (nint)mine * whole.ScratchSize);
                    filters += phase.PackedSize;
                }
            }
            ScratchSlots.Return(taken, mine);
        }
    }

    private readonly struct TurningParts(Convolution whole, float* dY, float* transposed) : IParts
    {
        public void Run(int index)
        {
            var places = whole.TransposedSize / whole.sizes.Filters;
            Panels.Pack(new(dY + (nint)index * whole.TransposedSize, places, 1), whole.sizes.Filters, places, transposed + (nint)index * whole.TransposedSize, whole.sizes.Filters);
        }
    }
}
