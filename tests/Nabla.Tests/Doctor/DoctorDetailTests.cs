using Nabla.Data;
using Nabla.Doctor;
using Nabla.Tests.Training;

namespace Nabla.Tests.Doctors;

/// <summary>What could be taken for an ailment, but is none; and what is left from one training to the next.</summary>
public sealed class DoctorDetailTests
{
    [Theory]
    [InlineData("embedding 1000 4, flatten, dense 2", false)]
    [InlineData("dense 4, dense 2", true)]
    public void Tokens_need_not_be_scaled_where_an_embedding_takes_them(string layers, bool isFound)
    {
        var x = new Matrix(40, 3);
        for (var i = 0; i < x.Values.Length; i++)
            x.Values[i] = i * 337 % 1000;
        var data = Dataset.FromNumbers("tokens", x, [.. Enumerable.Range(0, x.Rows).Select(i => i % 2)], ["a", "b"]);
        var doctor = new TrainingDoctor(new InputScaleCheck());
        _ = new Trainer(new Network(3, LayerList.Parse(layers)), new SoftmaxCrossEntropy(), new Sgd(1e-9)).Train(data, new() { Epochs = 1, Observers = [doctor] }).Count();
        Assert.Equal(isFound, doctor.Findings.Any(finding => finding.Code == "NB101"));
    }

    /// <summary>A warning after three looks in a row. Two in each of two trainings are not three in a row.</summary>
    [Theory]
    [InlineData("NB206", 4e-4)]
    [InlineData("NB207", 1e-12)]
    public void What_was_counted_in_a_training_does_not_count_in_the_next(string code, double rate)
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
            _ = new Trainer(network, new AbsoluteError(), new Sgd(1000 * rate)).Train(data, new() { Epochs = steps, Observers = [doctor] }).Count();
            return doctor.Findings.Select(finding => finding.Code);
        }
    }

    [Fact]
    public void Chance_costs_what_the_best_constant_answer_costs_to_classes_with_weights()
    {
        var target = new Matrix(100, 2);
        for (var i = 0; i < target.Rows; i++)
            target[i, i % 5 == 0 ? 0 : 1] = 1;
        // A fifth of the examples with weight 3, the rest with 1: as if 3/7 were of the first class.
        var entropy = -(3 / 7.0 * Math.Log(3 / 7.0) + 4 / 7.0 * Math.Log(4 / 7.0));
        Assert.Equal(entropy, ChanceCost.Of(new SoftmaxCrossEntropy { ClassWeights = [3, 1] }, target, [0.2, 0.8]), 1e-6);
    }

    [Theory]
    [InlineData("relu", "NB204")]
    [InlineData("sigmoid", "NB203")]
    public void Weight_decay_is_no_gradient(string activation, string code)
    {
        var network = new Network(8, LayerList.Parse($"dense 16, {activation}, dense 4"));
        ((Dense)network.Layers[0]).Bias.Value.Values.Fill(activation == "relu" ? -100 : 100);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1) { WeightDecay = 0.01 });
        var hopeless = Assert.Throws<HopelessException>(() => trainer.Train(Examples.Clouds(320, 8, 4, 1), new() { Observers = [new TrainingDoctor()] }).Count());
        Assert.Equal(code, hopeless.Finding.Code);
    }

    [Fact]
    public void After_a_training_the_doctor_is_not_told_of_steps_any_more()
    {
        var doctor = new TrainingDoctor();
        var trainer = new Trainer(new Network(8, LayerList.Parse("dense 4")), new SoftmaxCrossEntropy(), new Sgd(0.01));
        _ = trainer.Train(Examples.Clouds(320, 8, 4, 1), new() { Epochs = 1, Observers = [doctor] }).Count();
        var diverged = Assert.Throws<DivergedException>(() => trainer.Step(new([float.NaN, 0, 0, 0, 0, 0, 0, 0], 0, 1, 8), new([1, 0, 0, 0], 0, 1, 4)));
        Assert.Null(diverged.InnerException);
        Assert.Empty(doctor.Findings);
    }
}
