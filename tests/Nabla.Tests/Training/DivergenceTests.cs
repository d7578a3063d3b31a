using Nabla.Doctor;

namespace Nabla.Tests.Training;

/// <summary>
/// However large a step is, and whatever watches or clips it: all values of the network stay finite, and the message
/// names where one would not have.
/// </summary>
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
    public void All_values_of_the_network_stay_finite(string features)
    {
        var said = new HashSet<string>();
        Func<double, Optimizer>[] optimizers =
            [rate => new Sgd(rate), rate => new Sgd(rate) { Momentum = 0.9 }, rate => new Adam(rate)];
        var clip = features.Split(", ").FirstOrDefault(feature => feature.Split(' ')[0] is "norm" or "value");
        foreach (var optimizer in optimizers)
            for (var power = 0; power <= 36; power += 2)
                foreach (var layers in (string[])["dense 8, relu, dense 3", "dense 8, batch-norm, relu, dense 3"])
                {
                    var network = new Network(4, Parse.Layers(layers));
                    var options = new TrainingOptions
                    {
                        Epochs = 4,
                        BatchSize = 10,
                        Observers = features.Contains("doctor", StringComparison.Ordinal) ? [new TrainingDoctor()] : [],
                        Clipping = clip is null ? null : ClipText.Parse(clip),
                        AverageDecay = features == "average" ? 0.9 : null,
                        OnStep = p =>
                            AssertFinite(network, $"η = 1e{power}, {layers}, after epoch {p.Epoch}, step {p.Step}"),
                    };
                    try
                    {
                        var trainer = new Trainer(
                            network, Examples.LossNamed("squared-error"), optimizer(Math.Pow(10, power)));
                        foreach (var _ in trainer.Train(Examples.Clouds(100, 4, 3, 1), options))
                            AssertFinite(network, $"η = 1e{power}, between epochs");
                    }
                    catch (DivergedException e)
                    {
                        Assert.Matches(
                            @"(layer \d \((Dense|BatchNorm|Relu)\)|layer's output is finite).* " +
                            @"in epoch \d, step \d+; the weights were left as they were before it\. " +
                            @"Try a learning rate ten times smaller|epoch \d, step \d+; .*NB201: .*layer",
                            e.Message);
                        said.Add(e.Message.Split(' ')[1]);
                    }
                    catch (HopelessException)
                    {
                        // The doctor saw it coming.
                    }
                    AssertFinite(network, $"η = 1e{power}, {layers}, at the end");
                }
        Assert.NotEmpty(said);
    }

    private static void AssertFinite(Network network, string where)
    {
        Assert.True(float.IsFinite(network.Parameters.Values.LargestMagnitude), where);
        Assert.True(float.IsFinite(network.State.LargestMagnitude), where);
    }
}
