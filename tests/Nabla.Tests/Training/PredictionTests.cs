namespace Nabla.Tests.Training;

public sealed class PredictionTests
{
    [Theory]
    [InlineData("dense 64, relu, dense 32, tanh, dense 10, softmax")]
    [InlineData("dense 700, relu, dense 300, tanh, dense 10, softmax")]         // packed products, on all threads
    [InlineData(
        "dense 64, batch-norm, relu, dropout 0.5, " +
        "residual (dense 64, batch-norm, gelu, dropout 0.2, residual (layer-norm)), dense 10")]
    public void Sixteen_threads_predict_the_same_bits_as_one(string layers)
    {
        var network = new Network(100, Parse.Layers(layers));
        Matrix[] x = [.. Enumerable.Range(0, 16).Select(i => TestNumbers.UniformMatrix(1 + 7 * i, 100, (ulong)i))];
        Matrix[] expected = [.. x.Select(network.Predict)];
        var errors = new Exception?[16];
        using var start = new Barrier(16);
        Thread[] threads = [.. Enumerable.Range(0, 16).Select(number => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                for (var round = 0; round < 100; round++)
                {
                    var which = (number + round) % 16;
                    var y = Predict(network, x[which], round % 7);
                    TestNumbers.AssertSameBits(expected[which].Values, y.Values, $"thread {number}, round {round}");
                }
            }
            catch (Exception e)
            {
                errors[number] = e;
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.All(errors, Assert.Null);
    }

    /// <summary>Predicts in one of the possible ways.</summary>
    private static Matrix Predict(Network network, Matrix x, int way)
    {
        var y = new Matrix(x.Rows, network.Outputs);
        switch (way)
        {
            case 0:
                network.Predict(x, y);
                return y;
            case 1:
                network.Predict(x.Values, y.Values);
                return y;
            case 2:
                return network.Predict(x);
            case 3:
                network.Predict(x.Values.ToArray(), y.Values);
                return y;
            case 4:
                new Model(network, new SquaredError()).Predict(x.Values, y.Values);
                return y;
            case 5:
                new Model(network, new SquaredError()).Predict(x.Values.ToArray(), y.Values);
                return y;
            default:
                return new Model(network, new SquaredError()).Predict(x);
        }
    }

    [Fact]
    public void An_example_in_a_batch_is_predicted_as_if_it_were_alone()
    {
        var layers = Parse.Layers(
            "batch-norm, dense 64, sigmoid, dropout 0.3, residual (layer-norm, dense 64), " +
            "dense 32, leaky-relu, dense 10, softmax");
        var network = new Network(100, layers);
        var x = TestNumbers.UniformMatrix(77, 100, 1);
        var y = network.Predict(x);
        for (var i = 0; i < x.Rows; i++)
        {
            var alone = network.Predict(new Matrix(x.Row(i).ToArray(), 0, 1, 100));
            TestNumbers.AssertSameBits(alone.Values, y.Row(i), $"row {i}");
        }
    }

    [Fact]
    public void A_prediction_may_overwrite_its_input()
    {
        var network = new Network(new Dense(3, 3), new Tanh());
        var x = TestNumbers.UniformMatrix(5, 3, 1);
        var expected = network.Predict(x);
        network.Predict(x, x);
        TestNumbers.AssertSameBits(expected.Values, x.Values, "in place");
    }

    /// <summary>
    /// There are more examples than are predicted at once. The outputs of the first must not overwrite the inputs of
    /// the last.
    /// </summary>
    [Theory]
    [InlineData(4, 3, 0, true)]
    [InlineData(4, 3, -2, true)]
    [InlineData(4, 3, 1, false)]
    [InlineData(4, 4, 0, true)]
    [InlineData(3, 4, 0, false)]
    public void Outputs_may_overwrite_only_inputs_that_have_been_read(int inputs, int outputs, int ahead, bool fits)
    {
        const int examples = 1000, before = 4;
        var network = new Network(inputs, [new Dense(8), new Tanh(), new Dense(outputs)]);
        var x = TestNumbers.Uniform(examples * inputs, 1);
        var expected = network.Predict(new Matrix(x, 0, examples, inputs));
        foreach (var way in Enumerable.Range(0, 2))
        {
            var both = new float[before + examples * 5];
            x.CopyTo(both, before);
            void Predict()
            {
                if (way == 0)
                    network.Predict(both.AsSpan(before, x.Length), both.AsSpan(before + ahead, examples * outputs));
                else
                    network.Predict(
                        new Matrix(both, before, examples, inputs),
                        new Matrix(both, before + ahead, examples, outputs));
            }
            if (!fits)
            {
                var error = Assert.Throws<ArgumentException>(Predict);
                Assert.Contains("inputs that are still to be read", error.Message, StringComparison.Ordinal);
                TestNumbers.AssertSameBits(x, both.AsSpan(before, x.Length), "the inputs");
                continue;
            }
            Predict();
            TestNumbers.AssertSameBits(expected.Values, both.AsSpan(before + ahead, examples * outputs), $"way {way}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void Spans_and_arrays_give_the_same_bits_as_matrices(int examples)
    {
        var network = new Network(100, Parse.Layers("dense 64, sigmoid, dense 10"));
        var x = TestNumbers.UniformMatrix(examples, 100, 1);
        var y = new float[examples * 10];
        network.Predict(x.Values, y);
        TestNumbers.AssertSameBits(network.Predict(x).Values, y, $"{examples} examples");
        network.Predict(x.Values, y);                           // now with a reused pass
        TestNumbers.AssertSameBits(network.Predict(x).Values, y, $"{examples} examples again");
        var array = x.Values.ToArray();
        Array.Clear(y);
        network.Predict(array, y);
        TestNumbers.AssertSameBits(network.Predict(x).Values, y, $"{examples} examples of an array");
        TestNumbers.AssertSameBits(x.Values, array, "the array");
    }

    [Fact]
    public void Spans_and_arrays_of_another_length_are_refused()
    {
        var network = new Network(new Dense(3, 2));
        Action<float[], float[]>[] ways = [(x, y) => network.Predict(x, y), (x, y) => network.Predict(x.AsSpan(), y)];
        foreach (var predict in ways)
        {
            AssertRefused(
                "7 inputs are not a whole number of examples of 3 inputs each",
                () => predict(new float[7], new float[4]));
            AssertRefused(
                "2 inputs are not a whole number of examples of 3 inputs each", () => predict(new float[2], []));
            AssertRefused(
                "space for 3 outputs, but 6 inputs make 4: 2 for each 3.", () => predict(new float[6], new float[3]));
        }
        Assert.Throws<ArgumentNullException>(() => network.Predict((float[])null!, new float[2]));

        static void AssertRefused(string message, Action predict) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(predict).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prediction_from_an_array_or_a_span_allocates_nothing()
    {
        var network = new Network(784, Parse.Layers("dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid"));
        float[] x = TestNumbers.Uniform(784, 1), y = new float[10];
        network.Predict(x, y);
        network.Predict(x.AsSpan(), y);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            network.Predict(x, y);
            network.Predict(x.AsSpan(), y);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
