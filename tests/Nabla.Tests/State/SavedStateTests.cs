using Nabla.Tests.Training;

namespace Nabla.Tests.State;

/// <summary>The state of an optimiser can be saved, and an optimiser that restores it continues bit for bit.</summary>
public sealed class SavedStateTests
{
    private const string Layers = "dense 9, tanh, dense 3";

    public static TheoryData<string> Optimizers =>
        ["sgd", "sgd-decay", "momentum", "nesterov", "adam", "adamw", "rmsprop", "rmsprop-momentum", "muon"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void An_optimizer_with_restored_state_continues_bit_for_bit(string name)
    {
        var network = new Network(4, Parse.Layers(Layers));
        var optimizer = Examples.OptimizerNamed(name);
        Run(network, optimizer, 7, seed: 1);
        var weights = network.Parameters.Values.Values.ToArray();
        var state = SavedState.Of(optimizer);
        Run(network, optimizer, 5, seed: 2);
        var expected = network.Parameters.Values.Values.ToArray();

        var other = new Network(4, Parse.Layers(Layers));
        weights.CopyTo(other.Parameters.Values.Values);
        var resumed = Examples.OptimizerNamed(name);
        resumed.Bind(other.Parameters);
        state.PutBack(resumed);
        Run(other, resumed, 5, seed: 2);
        TestNumbers.AssertSameBits(expected, other.Parameters.Values.Values, name);
    }

    [Theory]
    [InlineData("momentum", "velocity")]
    [InlineData("adam", "mean-square")]
    [InlineData("adamw", "mean")]
    [InlineData("muon", "momentum")]
    public void The_saved_state_is_not_trivial(string name, string row)
    {
        var network = new Network(4, Parse.Layers(Layers));
        var optimizer = Examples.OptimizerNamed(name);
        Run(network, optimizer, 7, seed: 1);
        Assert.Contains(SavedState.Of(optimizer).Rows[row], value => value != 0);
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused()
    {
        Adam small = new(), large = new();
        small.Bind(new Network(new Dense(2, 1)).Parameters);
        large.Bind(new Network(new Dense(3, 1)).Parameters);
        var error = Assert.Throws<InvalidDataException>(() => SavedState.Of(small).PutBack(large));
        Assert.StartsWith(
            "'mean' of the saved state has 3 numbers, but 4 are expected.", error.Message, StringComparison.Ordinal);
        var sgd = new Sgd(1);
        sgd.Bind(new Network(new Dense(2, 1)).Parameters);
        error = Assert.Throws<InvalidDataException>(() => SavedState.Of(small).PutBack(sgd));
        Assert.StartsWith("The saved state has no 'velocity'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_optimizer_that_forgets_can_serve_another_network()
    {
        var adam = new Adam();
        adam.Update(new Network(new Dense(2, 1)).Parameters);
        adam.Forget();
        var other = new Network(new Dense(3, 1)).Parameters;
        adam.Update(other);
        Assert.Equal(0.9, SavedState.Of(adam).Numbers["beta1-to-t"][0]);
    }

    private static void Run(Network network, Optimizer optimizer, int steps, ulong seed)
    {
        var trainer = new Trainer(network, Examples.LossNamed("softmax-cross-entropy"), optimizer);
        Matrix x = TestNumbers.UniformMatrix(6, 4, seed), target = new(6, 3);
        for (var i = 0; i < 6; i++)
            target[i, i % 3] = 1;
        for (var step = 0; step < steps; step++)
            trainer.Step(x, target);
    }
}
