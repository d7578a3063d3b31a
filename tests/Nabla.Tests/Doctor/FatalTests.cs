using Nabla.Doctor;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

/// <summary>What cannot recover is ended, and where it began is said.</summary>
public sealed class FatalTests
{
    [Theory]
    [InlineData(0, float.NaN, "layer 1 (Spoiler), epoch 1, step 5")]
    [InlineData(2, float.NegativeInfinity, "layer 3 (Spoiler), epoch 1, step 5")]
    public void The_first_layer_whose_output_is_not_finite_is_named(int place, float value, string where)
    {
        var diverged = Diverging(network => network.Insert(place, new Spoiler { Output = value }), out var network, out var before);
        Assert.Equal(("NB201", where), (FindingOf(diverged).Code, FindingOf(diverged).Where));
        Assert.Contains(
            $"output 3 of layer {place + 1} (Spoiler) is the first value that is not finite: {value}, for example 2 of the batch.",
            diverged.Message, StringComparison.Ordinal);
        Assert.Equal(before, network.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void An_infinity_that_a_sigmoid_hides_is_found_when_it_is_looked_at()
    {
        var diverged = Diverging(layers => layers.InsertRange(2, [new Spoiler { Output = float.PositiveInfinity, At = 6 }, new Sigmoid()]), out _, out _);
        Assert.StartsWith("The output of a layer is not finite in epoch 1, step 6; the weights were left as they were before it.", diverged.Message, StringComparison.Ordinal);
        Assert.Equal("layer 3 (Spoiler), epoch 1, step 6", FindingOf(diverged).Where);
    }

    [Fact]
    public void On_the_way_back_the_last_layer_is_named()
    {
        var diverged = Diverging(layers => layers.Insert(2, new Spoiler { Derivative = float.NaN }), out _, out _);
        Assert.Equal("layer 2 (Tanh), epoch 1, step 5", FindingOf(diverged).Where);         // what the spoiler gave it is ∂C/∂ of its output
        Assert.Contains(
            "The forward pass is finite. In the backward pass, the gradient of layer 2 (Tanh) is the first that is not finite.",
            diverged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_doctor_the_message_is_as_it_was()
    {
        var network = new Network(new Spoiler { At = 1, Output = float.NaN }, new Dense(8, 4));
        var error = Assert.Throws<DivergedException>(() => new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1))
            .Train(Examples.Clouds(40, 8, 4, 1), new() { Epochs = 1 }).Count());
        Assert.Null(error.InnerException);
        Assert.EndsWith("check that the inputs are scaled.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_is_dead_ends_the_training()
    {
        var network = new Network(8, LayerList.Parse("dense 16, relu, dense 4"));
        ((Dense)network.Layers[0]).Bias.Value.Values.Fill(-100);
        AssertHopeless(network, "NB204", "layer 2 (Relu)");
    }

    [Fact]
    public void A_layer_that_is_dead_for_some_examples_only_does_not()
    {
        var network = new Network(8, LayerList.Parse("dense 1, relu, dense 4"));
        var dense = (Dense)network.Layers[0];
        dense.Weights.Value.Values.Fill(1);                         // Σ x is 2 ± 0.85
        dense.Bias.Value.Values.Fill(-3);
        var doctor = new TrainingDoctor();
        _ = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(1e-3)).Train(Examples.Clouds(320, 8, 4, 1), new() { Epochs = 5, Observers = [doctor] }).Count();
        Assert.DoesNotContain(doctor.Findings, finding => finding.Code == "NB204");
    }

    [Fact]
    public void A_layer_that_is_saturated_without_a_gradient_ends_the_training()
    {
        var network = new Network(8, LayerList.Parse("dense 16, sigmoid, dense 4"));
        ((Dense)network.Layers[0]).Bias.Value.Values.Fill(100);
        AssertHopeless(network, "NB203", "layer 2 (Sigmoid)");
    }

    private static void AssertHopeless(Network network, string code, string layer)
    {
        var doctor = new TrainingDoctor();
        var error = Assert.Throws<HopelessException>(() => new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1))
            .Train(Examples.Clouds(320, 8, 4, 1), new() { Observers = [doctor] }).Count());
        Assert.Equal((code, FindingSeverity.Fatal), (error.Finding.Code, error.Finding.Severity));
        Assert.StartsWith(layer, error.Finding.Where, StringComparison.Ordinal);
        Assert.StartsWith($"The training cannot recover. {code} fatal, {layer}, epoch ", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Finding, doctor.Findings);
        Assert.True(float.IsFinite(network.Parameters.Values.LargestMagnitude));
    }

    private static Finding FindingOf(DivergedException diverged) => ((HopelessException)diverged.InnerException!).Finding;

    private static DivergedException Diverging(Action<List<Layer>> spoil, out Network network, out float[] before)
    {
        List<Layer> layers = [new Dense(8, 8), new Tanh(), new Dense(8, 4)];
        spoil(layers);
        var spoilt = network = new Network([.. layers]);
        float[] last = [];
        var options = new TrainingOptions { BatchSize = 10, Observers = [new TrainingDoctor()], OnStep = _ => last = spoilt.Parameters.Values.Values.ToArray() };
        var error = Assert.Throws<DivergedException>(() => new Trainer(spoilt, new SoftmaxCrossEntropy(), new Sgd(0.1)).Train(Examples.Clouds(100, 8, 4, 1), options).Count());
        before = last;
        return error;
    }

    /// <summary>Lets everything through, but at one step spoils a number of the second example.</summary>
    private sealed class Spoiler : Layer
    {
        private int steps;

        public float? Output { get; init; }

        public float? Derivative { get; init; }

        public int At { get; init; } = 5;

        public override void Forward(Matrix x, Matrix y, Pass pass)
        {
            steps++;
            x.Values.CopyTo(y.Values);
            if (steps == At && Output is { } value)
                y[1, 2] = value;
        }

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
            if (dX.IsEmpty)
                return;
            dY.Values.CopyTo(dX.Values);
            if (steps == At && Derivative is { } value)
                dX[1, 2] = value;
        }
    }
}
