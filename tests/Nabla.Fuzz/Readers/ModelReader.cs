namespace Nabla.Fuzz.Readers;

/// <summary>Model files: valid safetensors files whose strings and tensors are not what they should be.</summary>
internal sealed class ModelReader() : FuzzedReader("model")
{
    private static readonly string[] words =
    [
        .. Parse.LayerNames, .. Parse.LossNames, "28x28", "1x2x2", "3x1x1", "2x2", "x", "nabla.version", "0.weight",
        "running_mean",
    ];

    public static Model Example { get; } = new(
        new Network(new Shape(1, 2, 2), Parse.Layers("dense 3, leaky-relu 0.1, dense 2")), new SoftmaxCrossEntropy())
    {
        Classes = ["zero", "\"é\" 一"],
        ImageSize = new(2, 2),
        Training = new Dictionary<string, string> { ["seed"] = "7", ["learning rate"] = "1E-3" },
    };

    public override IReadOnlyList<byte[]> Valid { get; } = [TensorFiles.Bytes(Example.Save)];

    public override byte[] Mutate(byte[] input, RandomGenerator random) =>
        TensorFiles.MutateContent(input, random, words);

    public override void Read(byte[] input)
    {
        var model = Model.Load(new MemoryStream(input));
        var saved = TensorFiles.Bytes(model.Save);
        var again = Model.Load(new MemoryStream(saved));
        Promise(
            saved.AsSpan().SequenceEqual(TensorFiles.Bytes(again.Save)), "the bytes differ after saving and loading");
        var x = new float[model.Network.Inputs];
        float[] y = new float[model.Network.Outputs], z = new float[model.Network.Outputs];
        model.Predict(x, y);
        again.Predict(x, z);
        Promise(
            y.AsSpan().SequenceEqual(z) || y.Any(float.IsNaN), "the predictions differ after saving and loading");
    }

    public override bool Refuses(Exception e) => e is InvalidDataException;
}
