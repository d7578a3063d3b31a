namespace Nabla;

/// <summary>
/// Convolution: every filter sees the image through a small window, at one position after the other, with the same
/// weights everywhere.
/// </summary>
/// <remarks>
/// <para>Shapes: X (C, H, W), weights W (O, C/g, k, k), b (O), Y (O, H′, W′), where
/// H′ = ⌊(H + 2p − d·(k − 1) − 1) / s⌋ + 1, and W′ likewise; k is the kernel, s the stride, p the padding, d the
/// dilation, g the number of groups. The formulas, for one group and one example, are written with</para>
/// <para>X̄(c, r, q): pixel (r − p, q − p) of channel c, and 0 outside the image.</para>
/// <para>Y(o, r, q) = b(o) + Σ over c, i, j of W(o, c, i, j) · X̄(c, s·r + d·i, s·q + d·j)</para>
/// <para>At each position (r, q) of the window, each weight meets one pixel, which is its factor in the sum. So, with
/// δ = ∂C/∂Y:</para>
/// <para>∂C/∂W(o, c, i, j) = Σ over r, q of δ(o, r, q) · X̄(c, s·r + d·i, s·q + d·j)</para>
/// <para>∂C/∂b(o) = Σ over r, q of δ(o, r, q)</para>
/// <para>∂C/∂X̄(c, u, v) = Σ over o, i, j of W(o, c, i, j) · δ(o, (u − d·i)/s, (v − d·j)/s), where these are integers
/// and positions of the window: with s = 1, a convolution of δ with the filters rotated by 180°.</para>
/// <para>As in all neural networks the filters are not rotated in the forward pass; mathematicians call this a
/// cross-correlation. LeCun, Bottou, Bengio and Haffner, “Gradient-Based Learning Applied to Document Recognition”,
/// 1998, section II; Dumoulin and Visin, “A guide to convolution arithmetic for deep learning”, 2016, for the
/// sizes.</para>
/// </remarks>
public sealed class Conv2D : Layer
{
    private readonly int filters, kernel;
    private readonly Parameter bias;
    private Parameter? weights;
    private Convolution2D? convolution;

    /// <summary>A convolution for as many channels as the layer before it gives.</summary>
    /// <param name="filters">O, the number of filters, and so of channels that leave.</param>
    /// <param name="kernel">k, the height and width of the window in pixels.</param>
    public Conv2D(int filters, int kernel)
    {
        this.filters = AtLeast(1, filters, "filters", nameof(filters));
        this.kernel = AtLeast(1, kernel, "kernel", nameof(kernel));
        bias = Parameter.Vector("bias", filters);
    }

    /// <summary>s, how many pixels the window advances.</summary>
    public int Stride
    {
        get;
        init => field = AtLeast(1, value, "stride", nameof(Stride));
    } = 1;

    /// <summary>p, how many zeros are put around the image on each side.</summary>
    public int Padding
    {
        get;
        init => field = AtLeast(0, value, "padding", nameof(Padding));
    }

    /// <summary>d, the distance between the pixels that a window sees; 1 if they are neighbours.</summary>
    public int Dilation
    {
        get;
        init => field = AtLeast(1, value, "dilation", nameof(Dilation));
    } = 1;

    /// <summary>
    /// g, the number of groups into which channels and filters are divided; a filter sees the channels of its own
    /// group. With as many groups as channels, the convolution is called depthwise.
    /// </summary>
    public int Groups
    {
        get;
        init => field = filters % AtLeast(1, value, "number of groups", nameof(Groups)) == 0
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(Groups), value, $"{filters} filters cannot be divided into {value} groups of equal size.");
    } = 1;

    /// <summary>Whether each filter has a bias. It needs none where a normalisation follows.</summary>
    public bool HasBias { get; init; } = true;

    /// <summary>The initial weights; if null, those that suit the activation that follows.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>W (O, C/g, k, k), here with a row for each filter.</summary>
    /// <exception cref="InvalidOperationException">The number of channels is not known yet.</exception>
    public Parameter Weights => weights ?? throw new InvalidOperationException(
        "This convolution has no weights yet: it does not know how many channels there are. " +
        "Put it into a Network first.");

    /// <summary>b (1, O), one element for each filter; null if the filters have no bias.</summary>
    public Parameter? Bias => HasBias ? bias : null;

    /// <inheritdoc/>
    public override string Description =>
        $"conv {filters} {kernel}{Word("stride", Stride, 1)}{Word("padding", Padding, 0)}" +
        $"{Word("dilation", Dilation, 1)}{Word("groups", Groups, 1)}{(HasBias ? "" : " no-bias")}";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => HasBias ? [Weights, bias] : [Weights];

    /// <inheritdoc/>
    protected override Shape Build(Shape input)
    {
        if (input.Channels % Groups != 0)
            throw new ShapeException($"a number of channels that {Groups} groups divide");
        if (Least - 2L * Padding > Math.Min(input.Height, input.Width))
            throw new ShapeException(
                $"images of at least {Least - 2L * Padding} × {Least - 2L * Padding} pixels" +
                $"{(input.IsFlat ? " (say what shape they have: new Shape(1, 28, 28))" : "")}");
        var extent = Math.Max(input.Height, input.Width) + 2L * Padding;
        if (extent > Array.MaxLength / input.Channels ||
            extent * extent > Array.MaxLength / Math.Max(input.Channels, filters))
            throw new ShapeException(
                $"images that are, with a padding of {Padding} and for {filters} filters, small enough for memory");
        var stride = (int)Math.Min(Stride, extent);         // more would be the same: the window has one position
        convolution = new Convolution2D(input, filters, kernel, stride, Padding, Dilation, Groups);
        var perFilter = input.Channels / Groups;
        if (weights is null || weights.Dimensions[1] != perFilter)
            weights = Parameter.Tensor("weight", filters, perFilter, kernel, kernel);
        return convolution.Output;
    }

    /// <inheritdoc/>
    public override void Initialize(Initializer suggested, RandomGenerator random)
    {
        var area = kernel * kernel;                         // fan-in C/g · k², fan-out about O/g · k²
        (Initializer ?? suggested).Fill(Weights.Value, fanIn: Weights.Columns, fanOut: filters / Groups * area, random);
        if (HasBias)
            bias.Value.Values.Clear();
    }

    /// <inheritdoc/>
    public override void Forward(Matrix x, Matrix y, Pass pass) =>
        Convolution.Forward(                        // Y(o, r, q) = b(o) + Σ W(o, c, i, j)·X̄(c, s·r + d·i, s·q + d·j)
            x, Weights.Value, HasBias ? bias.Value : default, y, pass.Memory(this));

    /// <inheritdoc/>
    public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
    {
        var memory = pass.Memory(this);
        Convolution.WeightGradient(                 // ∂C/∂W(o, c, i, j) = Σ δ(o, r, q)·X̄(c, s·r + d·i, s·q + d·j)
            x, dY, Weights.Gradient, memory);
        if (HasBias)
            bias.Gradient.SetChannelSums(dY);       // ∂C/∂b(o) = Σ δ(o, r, q)
        if (!dX.IsEmpty)
            Convolution.InputGradient(              // ∂C/∂X̄(c, u, v) = Σ W(o, c, i, j)·δ(o, (u − d·i)/s, (v − d·j)/s)
                dY, Weights.Value, dX, memory);
    }

    /// <summary>The least height and width of an image, its padding included.</summary>
    private long Least => (long)Dilation * (kernel - 1) + 1;

    private Convolution2D Convolution => convolution ?? throw new InvalidOperationException(
        "This convolution belongs to no network yet. Put it into a Network first.");

    private static string Word(string name, int value, int usual) => value == usual ? "" : $" {name} {value}";

    private static int AtLeast(int least, int value, string what, string parameter) => value >= least
        ? value
        : throw new ArgumentOutOfRangeException(
            parameter, value, $"The {what} of a convolution must be at least {least}, not {value}.");
}
