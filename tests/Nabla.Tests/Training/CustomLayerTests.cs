using Nabla.Tests.Structure;

namespace Nabla.Tests.Training;

/// <summary>Layers as somebody outside may write them: the library needs to know nothing of them.</summary>
public sealed class CustomLayerTests
{
    [Fact]
    public void Layers_of_ones_own_learn()
    {
        var network = new Network(new Scale(2), new Dense(2, 16), new Tanh(), new Thinning(0.1), new Dense(16, 1));
        Assert.Equal("scale, dense 16, tanh, thinning, dense 1", network.Description);
        Assert.Equal(2 + 2 * 16 + 16 + 16 + 1, network.Parameters.Count);
        Assert.Equal([1f, 1f], ((Scale)network.Layers[0]).Factors.Value.Values.ToArray());
        var trainer = new Trainer(network, new SigmoidCrossEntropy(), new Adam(0.05));
        var (x, target) = Examples.Xor;
        for (var step = 0; step < 1000; step++)
            trainer.Step(x, target);
        var output = network.Predict(x);
        for (var i = 0; i < 4; i++)
            Assert.Equal(target[i, 0] == 1, output[i, 0] > 0);
        Assert.NotEqual([1f, 1f], ((Scale)network.Layers[0]).Factors.Value.Values.ToArray());

        // Nothing is random in a prediction.
        Assert.Equal(output.Values.ToArray(), network.Predict(x).Values.ToArray());
    }

    [Fact]
    public void What_is_random_in_a_layer_follows_the_seed()
    {
        float[] Trained(ulong seed)
        {
            var network = new Network(new Dense(4, 8), new Thinning(0.5), new Dense(8, 3));
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1));
            var options = new TrainingOptions { Epochs = 2, BatchSize = 20, Seed = seed };
            foreach (var _ in trainer.Train(Examples.Clouds(20, 4, 3, 1), options))
            {
            }
            return network.Parameters.Values.Values.ToArray();
        }

        Assert.Equal(Trained(1), Trained(1));
        Assert.NotEqual(Trained(1), Trained(2));
    }

    [Theory]
    [InlineData(typeof(Scale))]
    [InlineData(typeof(Thinning))]
    public void They_use_nothing_but_the_public_API(Type layer)
    {
        var library = typeof(Network).Assembly;
        var hidden = References.Of(layer)
            .Where(m => (m as Type ?? m.DeclaringType)?.Assembly == library && !References.IsPublic(m));
        Assert.Empty(hidden.Select(m => $"{m.DeclaringType}.{m.Name}"));
    }

    /// <summary>Multiplies each input by a factor that it learns.</summary>
    private sealed class Scale(int size) : Layer
    {
        public Parameter Factors { get; } = Parameter.Vector("factor", size);

        public override int? Inputs => size;

        public override IReadOnlyList<Parameter> Parameters => [Factors];

        public override void Initialize(Initializer suggested, RandomGenerator random) => Factors.Value.Values.Fill(1);

        public override void Forward(Matrix x, Matrix y, Pass pass)
        {
            for (var i = 0; i < x.Rows; i++)
                for (var j = 0; j < x.Columns; j++)
                    y[i, j] = Factors.Value[0, j] * x[i, j];
        }

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
            Factors.Gradient.Values.Clear();
            for (var i = 0; i < x.Rows; i++)
                for (var j = 0; j < x.Columns; j++)
                    Factors.Gradient[0, j] += dY[i, j] * x[i, j];
            if (dX.IsEmpty)
                return;
            for (var i = 0; i < x.Rows; i++)
                for (var j = 0; j < x.Columns; j++)
                    dX[i, j] = Factors.Value[0, j] * dY[i, j];
        }
    }

    /// <summary>Lets each number through, or 0 instead, at random; in a prediction all.</summary>
    private sealed class Thinning(double share) : Layer
    {
        public override void Forward(Matrix x, Matrix y, Pass pass)
        {
            Assert.Equal(pass.IsTraining, pass.Random is not null);
            for (var i = 0; i < x.Values.Length; i++)
                y.Values[i] = pass.Random is { } random && random.NextDouble() < share ? 0 : x.Values[i];
        }

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass)
        {
            Assert.True(pass.IsTraining);
            for (var i = 0; i < dX.Values.Length; i++)
                dX.Values[i] = y.Values[i] == 0 ? 0 : dY.Values[i];
        }
    }
}
