using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Tests.Golden;

/// <summary>
/// What PyTorch computes for layers over images, read from the file that <c>tests/golden/make_convolutions.py</c>
/// wrote.
/// </summary>
public sealed record GoldenConvolutions
{
    private static readonly JsonSerializerOptions options = new()
    {
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Lazy<GoldenConvolutions> file = new(() =>
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "convolutions.json"));
        return JsonSerializer.Deserialize<GoldenConvolutions>(stream, options)!;
    });

    public static GoldenConvolutions Instance => file.Value;

    public required string Torch { get; init; }
    public required string Numpy { get; init; }
    public required GoldenImageLayer[] Layers { get; init; }
    public required GoldenImageNetwork[] Networks { get; init; }
}

/// <summary>
/// One layer alone: Y from X; dX and the parameters' gradients from dY. Input is channels, height, width.
/// </summary>
public sealed record GoldenImageLayer
{
    public required string Name { get; init; }
    public required string Layer { get; init; }
    public required int[] Input { get; init; }
    public required GoldenTensor X { get; init; }
    public required GoldenTensor[] Parameters { get; init; }
    public required GoldenTensor Y { get; init; }
    public required GoldenTensor DY { get; init; }
    public required GoldenTensor DX { get; init; }
    public required GoldenTensor[] Gradients { get; init; }
}

/// <summary>
/// One network, trained by Adam with a learning rate of 0.01 and softmax cross-entropy. Every batch is taken from a
/// pool, in order.
/// </summary>
public sealed record GoldenImageNetwork
{
    public required string Name { get; init; }
    public required int[] Input { get; init; }
    public required string Layers { get; init; }
    public required int BatchSize { get; init; }
    public required int Steps { get; init; }
    public required GoldenTensor X { get; init; }
    public required int[] Classes { get; init; }
    public required GoldenTensor[] InitialParameters { get; init; }
    public required GoldenTensor[] FirstGradients { get; init; }
    public required double[] Losses { get; init; }
    public required GoldenTensor[] FinalParameters { get; init; }
}
