using Nabla.Inspection;

namespace Nabla.Tests.Inspections;

public sealed class GradientCheckTests
{
    private const int Examples = 5;

    public static TheoryData<string, string, string> EveryLayerAndLoss()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var one in GradientCase.All(Parse.LossNames))
            data.Add(one.Layer, one.Network, one.Loss);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryLayerAndLoss))]
    public void Every_layer_passes_with_every_loss(string layer, string network, string loss)
    {
        for (var seed = 0UL; seed < 3; seed++)
        {
            var report = new GradientCase(layer, network, loss).Run(seed);
            Assert.True(report.Passed, report.ToString());
            Assert.True(report.Worst!.Error <= 1e-3, report.ToString());
            Assert.True(report.Skipped <= report.Checks.Count / 4, report.ToString());
            Assert.NotNull(report.WorstDirection);
        }
    }

    [Fact]
    public void Every_type_of_layer_is_included() => Assert.Equal(
        Parse.LayerNames.Order(),
        GradientCase.Layers.Select(layer => layer.Split(' ')[0]).Distinct().Order());

    [Fact]
    public void The_network_is_left_as_it_was()
    {
        var network = new Network(new Dense(6, 7), new Relu(), new Dense(7, 4), new Softmax(), new Dense(4, 4));
        Check(network, whatIsBefore: out var before);
        Assert.Equal(before, Bits(network));
        var wrong = new Wrong(new Relu(), (_, _, _, dX) => dX.Values.Clear());
        network = new Network(new Dense(6, 7), wrong, new Dense(7, 4));
        Assert.False(Check(network, whatIsBefore: out before).Passed);      // with a diagnosis
        Assert.Equal(before, Bits(network));
    }

    [Fact]
    public void The_network_is_left_as_it_was_when_a_layer_throws()
    {
        Matrix x = Matrix(3, 2, 1, 2, 3, 5, 8, 13), target = Matrix(3, 2, 1, 0, 0, 1, 1, 1);
        Assert.True(Interrupt((network, _) => GradientCheck.Run(network, new SquaredError(), x, target)) > 100);
        Assert.True(Interrupt((network, weights) => GradientCheck.NumericDerivativeOf(
            network, new SquaredError(), x, target, weights, index: 0)) > 2);

        // Interrupts the first forward pass, then the second, and so on, and returns how many there are.
        static int Interrupt(Action<Network, Parameter> check)
        {
            for (var passes = 0; ; passes++)
            {
                var dense = new Dense(2, 3);
                var network = new Network(dense, new BatchNorm(), new Failing(passes), new Dense(3, 2));
                int[] before = Bits(network), state = Bits(network.State);
                var error = Record.Exception(() => check(network, dense.Parameters[0]));
                Assert.Equal(before, Bits(network));
                Assert.Equal(state, Bits(network.State));
                if (error is null)
                    return passes;
                Assert.IsType<InvalidOperationException>(error);
            }
        }

        static Matrix Matrix(int rows, int columns, params float[] values)
        {
            var matrix = new Matrix(rows, columns);
            values.CopyTo(matrix.Values);
            return matrix;
        }
    }

    [Theory]
    [InlineData(
        0.5f,
        "the derivative of the loss wrong-squared-error is half of what it should be: a factor of 2 is missing")]
    [InlineData(2f, "is twice what it should be")]
    [InlineData(-1f, "the derivative of the loss wrong-squared-error has the wrong sign")]
    [InlineData(0f, "is 0 where it should not be")]
    [InlineData(0.9f, "is 0.9 times what it should be")]
    public void A_wrong_factor_in_the_loss_is_named(float factor, string cause) =>
        AssertCause(cause, Check(SmallNetwork(new Sigmoid()), new ScaledSquaredError(_ => factor)));

    [Fact]
    public void A_loss_that_is_not_averaged_is_named() => AssertCause(
        "not averaged over the 5 examples",
        Check(SmallNetwork(new Sigmoid()), new ScaledSquaredError(b => b)));

    [Fact]
    public void A_loss_that_is_averaged_twice_is_named() => AssertCause(
        "averaged over the 5 examples twice",
        Check(SmallNetwork(new Sigmoid()), new ScaledSquaredError(b => 1f / b)));

    [Fact]
    public void A_forgotten_slope_is_named() => AssertCause(
        "layer 2 (WrongSigmoid), ∂C/∂X: it is ∂C/∂Y, passed on unchanged: the slope of the layer is missing",
        Check(SmallNetwork(new Wrong(new Sigmoid(), (_, _, dY, dX) => dY.Values.CopyTo(dX.Values)))));

    [Fact]
    public void A_softmax_with_only_its_diagonal_is_named() => AssertCause(
        "layer 2 (WrongSoftmax), ∂C/∂X: it uses only the diagonal of the Jacobian",
        Check(SmallNetwork(new Wrong(new Softmax(), (_, y, dY, dX) =>
        {
            for (var i = 0; i < y.Values.Length; i++)
                dX.Values[i] = dY.Values[i] * y.Values[i] * (1 - y.Values[i]);
        }))));

    [Fact]
    public void A_slope_at_the_wrong_value_is_found() => AssertCause(       // σ′ with z where a belongs
        "layer 2 (WrongSigmoid), ∂C/∂X: it is wrong",
        Check(SmallNetwork(new Wrong(new Sigmoid(), (x, _, dY, dX) =>
        {
            for (var i = 0; i < x.Values.Length; i++)
                dX.Values[i] = dY.Values[i] * x.Values[i] * (1 - x.Values[i]);
        }))));

    [Fact]
    public void A_forgotten_bias_gradient_is_named() => AssertCause(
        "layer 3 (SpoiledDense), ∂C/∂bias: it is never computed",
        Check(new Network(
            new Dense(6, 7),
            new Tanh(),
            new SpoiledDense(7, 5, (_, _, _) => { }, leaveOutBias: true),
            new Sigmoid(),
            new Dense(5, 4))));

    [Fact]
    public void A_gradient_that_is_accumulated_is_named() => AssertCause(
        "layer 3 (SpoiledDense), ∂C/∂weight: it is added to what was there before",
        Check(new Network(
            new Dense(6, 7),
            new Tanh(),
            new SpoiledDense(7, 5, (_, _, _) => { }, accumulate: true),
            new Sigmoid(),
            new Dense(5, 4))));

    [Fact]
    public void A_layer_that_averages_although_the_loss_already_does_is_named() => AssertCause(
        "layer 3 (SpoiledDense), ∂C/∂weight: it is 5 times too small",
        Check(SmallNetwork(
            new Tanh(),
            new SpoiledDense(7, 7, (dense, _, _) => Scale(dense.Weights.Gradient, 1f / Examples)))));

    [Fact]
    public void A_wrong_sign_in_one_layer_in_the_middle_is_named() => AssertCause(
        "layer 3 (SpoiledDense), ∂C/∂X: it has the wrong sign",
        Check(SmallNetwork(
            new Tanh(),
            new SpoiledDense(7, 7, (_, dX, _) => Scale(dX, -1)),
            new Relu(),
            new Dense(7, 7),
            new Sigmoid())));

    [Fact]
    public void One_wrong_value_out_of_many_is_found()              // the random directions see it, wherever it is
    {
        var network = new Network(
            new Dense(6, 40),
            new Tanh(),
            new SpoiledDense(40, 40, (dense, _, _) => dense.Weights.Gradient[17, 23] = 0),
            new Tanh(),
            new Dense(40, 4));
        var found = Enumerable.Range(0, 6).Count(seed => !Check(network, seed: (ulong)seed, perParameter: 1).Passed);
        Assert.True(found >= 1, "none of six checks with three directions each has found it");
    }

    [Fact]
    public void A_gradient_of_NaN_fails()
    {
        var report = Check(SmallNetwork(new Wrong(new Sigmoid(), (_, _, _, dX) => dX.Values.Fill(float.NaN))));
        Assert.False(report.Passed);
        Assert.Equal(double.PositiveInfinity, report.Worst!.Error);
    }

    [Fact]
    public void A_relu_at_its_kink_is_not_mistaken_for_a_wrong_gradient()
    {
        // A ReLU after a ReLU: half of its inputs are exactly 0.
        AssertCause(
            "the derivative of the loss",
            Check(SmallNetwork(new Relu(), new Relu()), new ScaledSquaredError(_ => 0.5f)));
        AssertCause(
            "layer 4 (SpoiledDense), ∂C/∂bias: it is twice what it should be",
            Check(SmallNetwork(
                new Relu(),
                new Relu(),
                new SpoiledDense(7, 7, (dense, _, _) => Scale(dense.Bias.Gradient, 2)),
                new Tanh())));
    }

    [Theory]
    [InlineData(true, false, "it treats the mean of each channel as a constant, but it depends on x")]
    [InlineData(false, true, "it treats the variance of each channel as a constant, but it depends on x")]
    [InlineData(true, true, "it treats the mean and the variance of each channel as constants, but they depend on x")]
    public void A_batch_normalisation_that_forgets_its_statistics_is_named(
        bool forgetMean, bool forgetVariance, string cause)
    {
        var norm = new SpoiledNorm(overBatch: true, forgetMean, forgetVariance);
        AssertCause("layer 2 (SpoiledNorm), ∂C/∂X: " + cause, Check(SmallNetwork(norm, new Tanh())));
    }

    [Fact]
    public void A_layer_normalisation_that_forgets_its_mean_is_named() => AssertCause(
        "layer 2 (SpoiledNorm), ∂C/∂X: it treats the mean of each example as a constant, but it depends on x",
        Check(SmallNetwork(new SpoiledNorm(overBatch: false, forgetMean: true, forgetVariance: false), new Tanh())));

    [Fact]
    public void A_mistake_inside_a_residual_is_named_with_the_parameter() => AssertCause(
        "layer 2 (Residual), ∂C/∂1.weight: it is twice what it should be",
        Check(SmallNetwork(new Residual(
            new Tanh(),
            new SpoiledDense(7, 7, (dense, _, _) => Scale(dense.Weights.Gradient, 2))))));

    [Fact]
    public void Running_statistics_are_left_as_they_were()
    {
        var network = new Network(
            new Dense(6, 7),
            new BatchNorm(),
            new Dropout(0.3f),
            new Residual(new BatchNorm(), new Tanh()),
            new Dense(7, 4));
        for (var i = 0; i < network.State.Columns; i++)
            network.State[0, i] = 0.5f + i;
        var state = network.State.Values.ToArray();
        Assert.True(Check(network).Passed);                              // this draws new weights and resets the state
        network.Initialize(1);
        state.CopyTo(network.State.Values);
        Matrix x = TestNumbers.UniformMatrix(5, 6, 1), target = new(5, 4);
        Assert.True(GradientCheck.Run(network, new SquaredError(), x, target).Passed);
        TestNumbers.AssertSameBits(state, network.State.Values, "after a check");
        Assert.False(GradientCheck.Run(network, new ScaledSquaredError(_ => 2), x, target).Passed);
        TestNumbers.AssertSameBits(state, network.State.Values, "after a diagnosis");
        var weights = network.Layers[0].Parameters[0];
        _ = GradientCheck.NumericDerivativeOf(network, new SquaredError(), x, target, weights, 0);
        TestNumbers.AssertSameBits(state, network.State.Values, "after one derivative");
    }

    private static void AssertCause(string cause, GradientReport report)
    {
        Assert.False(report.Passed, report.ToString());
        Assert.Contains(cause, report.LikelyCause);
    }

    private static Network SmallNetwork(params Layer[] middle) => new([new Dense(6, 7), .. middle, new Dense(7, 4)]);

    private static GradientReport Check(Network network, Loss? loss = null, ulong seed = 0, int perParameter = 20) =>
        Check(network, out _, loss, seed, perParameter);

    private static GradientReport Check(
        Network network, out int[] whatIsBefore, Loss? loss = null, ulong seed = 0, int perParameter = 20)
    {
        network.Initialize(7);
        var random = new RandomGenerator(5);
        foreach (ref var weight in network.Parameters.Values.Values)
            weight += (float)random.NextUniform(-0.2, 0.2);
        Matrix x = new(Examples, 6), target = new(Examples, 4);
        foreach (ref var value in x.Values)
            value = (float)random.NextNormal();
        foreach (ref var value in target.Values)
            value = (float)random.NextNormal();
        whatIsBefore = Bits(network);
        return GradientCheck.Run(network, loss ?? new SquaredError(), x, target, perParameter, seed: seed);
    }

    private static void Scale(Matrix m, float factor)
    {
        foreach (ref var value in m.Values)
            value *= factor;
    }

    private static int[] Bits(Network network) => Bits(network.Parameters.Values);

    private static int[] Bits(Matrix matrix) =>
        [.. matrix.Values.ToArray().Select(BitConverter.SingleToInt32Bits)];

    /// <summary>A layer that changes nothing, and throws after a number of forward passes.</summary>
    private sealed class Failing(int passes) : Layer
    {
        private int left = passes;

        public override void Forward(Matrix x, Matrix y, Pass pass)
        {
            if (left-- == 0)
                throw new InvalidOperationException("The layer fails.");
            x.Values.CopyTo(y.Values);
        }

        public override void Backward(Matrix x, Matrix y, Matrix dY, Matrix dX, Pass pass) =>
            dY.Values.CopyTo(dX.Values);
    }
}
