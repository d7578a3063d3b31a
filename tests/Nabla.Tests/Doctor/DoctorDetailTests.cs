using Nabla.Data;
using Nabla.Doctor;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

/// <summary>
/// Harmless things that could be mistaken for an ailment, and what must not carry over to the next training.
/// </summary>
public sealed class DoctorDetailTests
{
    [Theory]
    [InlineData("embedding 1000 4, flatten, dense 2", false)]
    [InlineData("dense 4, dense 2", true)]
    public void Tokens_need_no_scaling_if_an_embedding_takes_them(string layers, bool isFound)
    {
        var x = new Matrix(40, 3);
        for (var i = 0; i < x.Values.Length; i++)
            x.Values[i] = i * 337 % 1000;
        var data = Dataset.FromNumbers("tokens", x, [.. Enumerable.Range(0, x.Rows).Select(i => i % 2)], ["a", "b"]);
        var doctor = new TrainingDoctor(new InputScaleCheck());
        var trainer = new Trainer(new Network(3, Parse.Layers(layers)), new SoftmaxCrossEntropy(), new Sgd(1e-9));
        _ = trainer.Train(data, new() { Epochs = 1, Observers = [doctor] }).Count();
        Assert.Equal(isFound, doctor.Findings.Any(finding => finding.Code == "NB101"));
    }

    /// <summary>The warning needs three samples in a row. Two in each of two trainings are not three.</summary>
    [Theory]
    [InlineData("NB206", 4e-4)]
    [InlineData("NB207", 1e-12)]
    public void Counts_from_one_training_do_not_carry_over_to_the_next(string code, double rate)
    {
        var data = Dataset.FromNumbers("one", new([1], 0, 1, 1), new Matrix([-1000], 0, 1, 1));
        var doctor = new TrainingDoctor(new LargeUpdateCheck(), new SmallUpdateCheck());
        Assert.Empty(FoundIn(2));
        Assert.Empty(FoundIn(2));
        Assert.Equal([code], FoundIn(3));

        IEnumerable<string> FoundIn(int steps)
        {
            var network = new Network(new Dense(1, 1));
            network.Parameters.Values.Values.Fill(1);
            var trainer = new Trainer(network, new AbsoluteError(), new Sgd(1000 * rate));
            _ = trainer.Train(data, new() { Epochs = steps, Observers = [doctor] }).Count();
            return doctor.Findings.Select(finding => finding.Code);
        }
    }

    [Fact]
    public void With_class_weights_the_cost_of_chance_is_that_of_the_best_constant_answer()
    {
        var target = new Matrix(100, 2);
        for (var i = 0; i < target.Rows; i++)
            target[i, i % 5 == 0 ? 0 : 1] = 1;
        // A fifth of the examples have weight 3, the rest weight 1: as if 3/7 were of the first class.
        var entropy = -(3 / 7.0 * Math.Log(3 / 7.0) + 4 / 7.0 * Math.Log(4 / 7.0));
        var loss = new SoftmaxCrossEntropy { ClassWeights = [3, 1] };
        Assert.Equal(entropy, ChanceCost.Of(loss, target, [0.2, 0.8]), 1e-6);
    }

    [Theory]
    [InlineData("relu", "NB204")]
    [InlineData("sigmoid", "NB203")]
    public void Weight_decay_is_not_a_gradient(string activation, string code)
    {
        var network = new Network(8, Parse.Layers($"dense 16, {activation}, dense 4"));
        ((Dense)network.Layers[0]).Bias.Value.Values.Fill(activation == "relu" ? -100 : 100);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1) { WeightDecay = 0.01 });
        var data = Examples.Clouds(320, 8, 4, 1);
        var hopeless = Assert.Throws<HopelessException>(() =>
            trainer.Train(data, new() { Observers = [new TrainingDoctor()] }).Count());
        Assert.Equal(code, hopeless.Finding.Code);
    }

    [Fact]
    public void After_a_training_the_doctor_sees_no_more_steps()
    {
        var doctor = new TrainingDoctor();
        var trainer = new Trainer(new Network(8, Parse.Layers("dense 4")), new SoftmaxCrossEntropy(), new Sgd(0.01));
        _ = trainer.Train(Examples.Clouds(320, 8, 4, 1), new() { Epochs = 1, Observers = [doctor] }).Count();
        Matrix x = new([float.NaN, 0, 0, 0, 0, 0, 0, 0], 0, 1, 8), target = new([1, 0, 0, 0], 0, 1, 4);
        var diverged = Assert.Throws<DivergedException>(() => trainer.Step(x, target));
        Assert.Null(diverged.InnerException);
        Assert.Empty(doctor.Findings);
    }
}
