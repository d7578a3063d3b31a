using Nabla.Doctor;

namespace Nabla.Tests.Training;

/// <summary>However large a step is, and whoever watches or clips: no number of the network stops being finite, and the message says where it would have.</summary>
public sealed class DivergenceTests
{
    [Theory]
    [InlineData("")]
    [InlineData("doctor")]
    [InlineData("norm 1")]
    [InlineData("norm 1e30")]
    [InlineData("value 1e38")]
    [InlineData("doctor, value 1e38")]
    [InlineData("average")]
    public void No_number_of_the_network_is_ever_not_finite(string features)
    {
        var said = new HashSet<string>();
        foreach (var optimizer in (Func<double, Optimizer>[])[rate => new Sgd(rate), rate => new Sgd(rate) { Momentum = 0.9 }, rate => new Adam(rate)])
            for (var power = 0; power <= 36; power += 2)
                foreach (var layers in (string[])["dense 8, relu, dense 3", "dense 8, batch-norm, relu, dense 3"])
                {
                    var network = new Network(4, LayerList.Parse(layers));
                    var clip = features.Split(", ").FirstOrDefault(feature => feature.StartsWith("norm", StringComparison.Ordinal) || feature.StartsWith("value", StringComparison.Ordinal));
                    var options = new TrainingOptions
                    {
                        Epochs = 4,
                        BatchSize = 10,
                        Observers = features.Contains("doctor", StringComparison.Ordinal) ? [new TrainingDoctor()] : [],
                        Clipping = clip is null ? null : ClipText.Parse(clip),
                        AverageDecay = features == "average" ? 0.9 : null,
                        OnStep = p => AssertFinite(network, $"η = 1e{power}, {layers}, after epoch {p.Epoch}, step {p.Step}"),
                    };
                    try
                    {
                        foreach (var _ in new Trainer(network, Examples.LossNamed("squared-error"), optimizer(Math.Pow(10, power))).Train(Examples.Clouds(100, 4, 3, 1), options))
                            AssertFinite(network, $"η = 1e{power}, between epochs");
                    }
                    catch (DivergedException e)
                    {
                        Assert.Matches(@"(layer \d \((Dense|BatchNorm|Relu)\)|layer's output is finite).* in epoch \d, step \d+; the weights were left as they were before it\. Try a learning rate ten times smaller|epoch \d, step \d+; .*NB201: .*layer", e.Message);
                        said.Add(e.Message.Split(' ')[1]);
                    }
                    catch (HopelessException)
                    {
                        // The doctor has seen it coming.
                    }
                    AssertFinite(network, $"η = 1e{power}, {layers}, at the end");
                }
        Assert.NotEmpty(said);
    }

    private static void AssertFinite(Network network, string where) =>
        Assert.True(float.IsFinite(network.Parameters.Values.LargestMagnitude) && float.IsFinite(network.State.LargestMagnitude), where);
}
