namespace Nabla;

/// <summary>A layer cannot take its input. The code that joins the layers adds which layer it is,
/// and what comes before it.</summary>
public sealed class ShapeException : ArgumentException
{
    private readonly string? reason;

    /// <summary>Creates an exception for a layer that expects something else.</summary>
    /// <param name="expected">What the layer expects: “16 inputs”, “images of at least 5 × 5 pixels”.</param>
    public ShapeException(string expected) : base($"The layer expects {expected}.") => Expected = expected;

    private ShapeException(string expected, string reason) : base(reason) =>
        (Expected, this.reason) = (expected, reason);

    /// <summary>What the layer expects.</summary>
    public string Expected { get; }

    /// <summary>Creates an exception with a full sentence, which will follow the name of the layer.</summary>
    internal static ShapeException Because(string reason) => new("another place in the network", reason);

    /// <summary>The message for a layer at its position:
    /// “Layer 3 (Dense) expects 16 inputs, but layer 2 (Sigmoid) gives 10.”</summary>
    internal string InPlace(string label, IReadOnlyList<Layer> layers, int l, Shape given) => reason is not null
        ? $"{label} {l + 1} ({layers[l].Name}): {reason}"
        : $"{label} {l + 1} ({layers[l].Name}) expects {Expected}, but " +
          $"{(l == 0 ? "the input is" : $"{label.ToLowerInvariant()} {l} ({layers[l - 1].Name}) gives")} {given}.";
}
