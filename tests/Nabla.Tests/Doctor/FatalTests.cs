using Nabla.Doctor;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

/// <summary>A training that cannot recover is ended, and the message names where the trouble began.</summary>
public sealed class FatalTests
{
    [Theory]
    [InlineData(0, float.NaN, "layer 1 (Spoiler), epoch 1, step 5")]
    [InlineData(2, float.NegativeInfinity, "layer 3 (Spoiler), epoch 1, step 5")]
    public void The_first_layer_with_a_non_finite_output_is_named(int index, float value, string where)
    {
        var diverged = Diverging(
            network => network.Insert(index, new Spoiler { Output = value }), out var network, out var before);
        Assert.Equal(("NB201", where), (FindingOf(diverged).Code, FindingOf(diverged).Where));
        Assert.Contains(
            $"output 3 of layer {index + 1} (Spoiler) is the first value that is not finite: {value}, " +
            "for example 2 of the batch.",
            diverged.Message,
            StringComparison.Ordinal);
        Assert.Equal(before, network.Parameters.Values.Values.ToArray());
    }

    [Fact]
    public void An_infinity_that_a_sigmoid_hides_is_found_at_the_next_sample()
    {
        Layer[] hidden = [new Spoiler { Output = float.PositiveInfinity, At = 6 }, new Sigmoid()];
        var diverged = Diverging(layers => layers.InsertRange(2, hidden), out _, out _);
        Assert.StartsWith(
            "The output of a layer is not finite in epoch 1, step 6; the weights were left as they were before it.",
            diverged.Message,
            StringComparison.Ordinal);
        Assert.Equal("layer 3 (Spoiler), epoch 1, step 6", FindingOf(diverged).Where);
    }

    [Fact]
    public void In_the_backward_pass_the_last_layer_is_named()
    {
        var diverged = Diverging(layers => layers.Insert(2, new Spoiler { Derivative = float.NaN }), out _, out _);
        // What the spoiler passes on is ∂C/∂Y of this layer.
        Assert.Equal("layer 2 (Tanh), epoch 1, step 5", FindingOf(diverged).Where);
        Assert.Contains(
            "The forward pass is finite. In the backward pass, "
            + "the gradient of layer 2 (Tanh) is the first that is not finite.",
            diverged.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_doctor_the_message_ends_with_general_advice()
    {
        var network = new Network(new Spoiler { At = 1, Output = float.NaN }, new Dense(8, 4));
        var error = Assert.Throws<DivergedException>(() => new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1))
            .Train(Examples.Clouds(40, 8, 4, 1), new() { Epochs = 1 }).Count());
        Assert.Null(error.InnerException);
        Assert.EndsWith("check that the inputs are scaled.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_layer_ends_the_training()
    {
        var network = new Network(8, LayerList.Parse("dense 16, relu, dense 4"));
        ((Dense)network.Layers[0]).Bias.Value.Values.Fill(-100);
        AssertHopeless(network, "NB204", "layer 2 (Relu)");
    }

    [Fact]
    public void A_layer_that_is_dead_for_only_some_examples_does_not()
    {
        var network = new Network(8, LayerList.Parse("dense 1, relu, dense 4"));
        var dense = (Dense)network.Layers[0];
        dense.Weights.Value.Values.Fill(1);                         // Σ x is 2 ± 0.85
        dense.Bias.Value.Values.Fill(-3);
        var doctor = new TrainingDoctor();
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(1e-3));
        _ = trainer.Train(Examples.Clouds(320, 8, 4, 1), new() { Epochs = 5, Observers = [doctor] }).Count();
        Assert.DoesNotContain(doctor.Findings, finding => finding.Code == "NB204");
    }

    [Fact]
    public void A_saturated_layer_without_a_gradient_ends_the_training()
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
        Assert.StartsWith(
            $"The training cannot recover. {code} fatal, {layer}, epoch ", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Finding, doctor.Findings);
        Assert.True(float.IsFinite(network.Parameters.Values.LargestMagnitude));
    }

    private static Finding FindingOf(DivergedException diverged) =>
        ((HopelessException)diverged.InnerException!).Finding;

    private static DivergedException Diverging(Action<List<Layer>> spoil, out Network network, out float[] before)
    {
        List<Layer> layers = [new Dense(8, 8), new Tanh(), new Dense(8, 4)];
        spoil(layers);
        var spoilt = network = new Network([.. layers]);
        float[] last = [];
        var options = new TrainingOptions
        {
            BatchSize = 10,
            Observers = [new TrainingDoctor()],
            OnStep = _ => last = spoilt.Parameters.Values.Values.ToArray(),
        };
        var trainer = new Trainer(spoilt, new SoftmaxCrossEntropy(), new Sgd(0.1));
        var data = Examples.Clouds(100, 8, 4, 1);
        var error = Assert.Throws<DivergedException>(() => trainer.Train(data, options).Count());
        before = last;
        return error;
    }

    /// <summary>Passes everything through, but at one step spoils a value of the second example.</summary>
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
