using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nabla.Tests.Structure;

namespace Nabla.Tests.Files;

/// <summary>Our files in PyTorch, and PyTorch's files here. Needs a Python with torch.</summary>
public sealed class TorchTests
{
    private const int Examples = 32;

    /// <summary>
    /// The layers, and the shape of an example. A new layer needs a line in tests/interchange/interchange.py.
    /// </summary>
    private static readonly (string Layers, Shape Inputs)[] networks =
    [
        .. EveryLayer.Networks.Select(network => (network.Layers, network.Inputs)),
        ("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid", new Shape(1, 28, 28)),
        ("dense 30, relu, dense 20, tanh, dense 10, leaky-relu, dense 3, softmax", Shape.Flat(7)),
        ("dense 12, leaky-relu 0.2, dense 12", Shape.Flat(12)),         // square: a transposed matrix would fit
    ];

    [Fact]
    public void PyTorch_loads_our_models_and_predicts_the_same()
    {
        using var folder = new TemporaryFolder();
        var jobs = networks.Select((network, n) => Job("predict", folder, n, network)).ToArray();
        foreach (var (job, (layers, inputs)) in jobs.Zip(networks))
            EveryLayer.Trained(layers, inputs, "squared-error").Save(job.Model);
        Run(folder, jobs);
        foreach (var (job, (layers, _)) in jobs.Zip(networks))
            AssertSame(job, Model.Load(job.Model), layers);
    }

    [Fact]
    public void We_load_models_of_PyTorch_and_predict_the_same()
    {
        using var folder = new TemporaryFolder();
        var jobs = networks.Select((network, n) => Job("save", folder, n, network)).ToArray();
        Run(folder, jobs);
        foreach (var (job, (layers, inputs)) in jobs.Zip(networks))
            AssertSame(job, Model.Load(job.Model, layers, inputs, new SquaredError()), layers);
    }

    [Fact]
    public void Every_layer_is_exchanged()
    {
        var layers = networks.SelectMany(network => Parse.Layers(network.Layers));
        Assert.Empty(Parse.LayerNames.Except(
            layers.SelectMany(layer => layer.WithInner()).Select(layer => layer.Description.Split(' ')[0])));
    }

    private static void AssertSame(InterchangeJob job, Model model, string layers)
    {
        var y = new float[Examples * model.Network.Outputs];
        model.Network.Predict(Floats(job.Inputs), y);
        var theirs = Floats(job.Outputs);
        Assert.Equal(y.Length, theirs.Length);
        Assert.True(y.Distinct().Count() > 1, layers);
        for (var i = 0; i < y.Length; i++)
            Assert.True(
                Math.Abs(y[i] - theirs[i]) <= 1e-5,
                $"{layers}: output {i} is {y[i]} here, {theirs[i]} in PyTorch.");
    }

    private static InterchangeJob Job(
        string verb, TemporaryFolder folder, int number, (string Layers, Shape Inputs) network)
    {
        var (layers, shape) = network;
        var x = EveryLayer.InputsFor(new Network(shape, Parse.Layers(layers)), Examples, (ulong)number);
        return new(
            verb,
            folder.At($"{number}.safetensors"),
            layers,
            [shape.Channels, shape.Height, shape.Width],
            folder.Write($"{number}.inputs", MemoryMarshal.AsBytes(x.AsSpan()).ToArray()),
            folder.At($"{number}.outputs"));
    }

    private static void Run(TemporaryFolder folder, InterchangeJob[] jobs)
    {
        var script = Path.Combine(PublicApiTests.Root(), "tests", "interchange", "interchange.py");
        var list = folder.Write("jobs.json", JsonSerializer.SerializeToUtf8Bytes(jobs, JsonSerializerOptions.Web));
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
            if (Start(python, script, list))
                return;
        Assert.Skip("There is no python3 with torch here (Debian: apt-get install python3-torch).");
    }

    /// <summary>Whether this Python exists and has torch. If it does, the script must succeed.</summary>
    private static bool Start(string python, string script, string list)
    {
        const int noTorch = 3;
        try
        {
            var start = new ProcessStartInfo(python, ["-B", script, list]) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode is 0 or noTorch, errors);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private sealed record InterchangeJob(
        string Do, string Model, string Network, int[] Shape, string Inputs, string Outputs);
}
