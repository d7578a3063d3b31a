using System.Text;
using Nabla.Cli;
using Nabla.Data;

namespace Nabla.Fuzz.Readers;

/// <summary>
/// config.json of a run: JSON with values in small languages. An accepted file is resumed, up to the first step.
/// </summary>
internal sealed class ConfigReader(string folder) : FuzzedReader("config")
{
    private static readonly Dataset data = SyntheticData.Digits(20);

    private static readonly TrainRequest resume = new() { Data = "digits", Network = Preset.Default, Resume = "run" };

    private static readonly string[] words =
    [
        "data", "network", "layers", "loss", "optimizer", "learningRate", "momentum", "weightDecay", "schedule",
        "batch", "epochs", "validation", "seed", "nesterov", "clip", "earlyStopping", "ema", "augment", "sgd", "muon",
        "adam",         "cosine", "plateau 2 0.5", "norm 1", "rotate 10", .. Parse.LayerNames, .. Parse.LossNames,
    ];

    private readonly string path = Path.Combine(folder, "config.json");

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        Config(resume with { Epochs = 3 }),
        Config(resume with
        {
            Network = "conv 4 3 stride 2, batch-norm, relu, flatten, dense 10",
            Loss = "softmax-cross-entropy smoothing 0.1",
            Optimizer = "sgd",
            Momentum = 0.9,
            Nesterov = true,
            Schedule = "warmup 1 then plateau 2",
            Clip = "0.5",
            Ema = 0.9,
            EarlyStopping = 3,
            Augment = "rotate 10, shift 2",
        }),
    ];

    public override byte[] Mutate(byte[] input, RandomGenerator random) => TextMutation.Of(input, random, words);

    public override void Read(byte[] input)
    {
        File.WriteAllBytes(path, input);
        var config = RunConfig.Read(path);
        var settings = config.Check(TrainSettings.From(config.Complete(resume), data));
        Promise(
            Parse.Layers(settings.Layers).Length > 0 && Parse.Loss(settings.Loss).Name.Length > 0,
            "the network or the loss is empty");
        Promise(
            settings.MakeOptimizer().LearningRate == settings.LearningRate
            && settings.MakeOptions(validation: null).Epochs == settings.Epochs,
            "the options differ from the settings");
        Promise(
            config.Extended(settings.Epochs) is null
            && (int)config.Extended(settings.Epochs + 1)!["epochs"]! == settings.Epochs + 1,
            "the number of epochs differs");
    }

    public override bool Refuses(Exception e) => e is InvalidDataException or FormatException or ArgumentException;

    /// <summary>The message about each layer and setting may quote the text it stands in.</summary>
    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + 1000L * input.Length + (16L << 20);

    private static byte[] Config(TrainRequest request) =>
        Encoding.UTF8.GetBytes(TrainSettings.From(request, data).ToJson().ToJsonString());
}
