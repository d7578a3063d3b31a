#:project ../src/Nabla/Nabla.csproj
#:property Optimize=true
#:property PublishAot=false

// LESSON 1: ONE EXAMPLE AT A TIME
//
// This program learns to read handwritten digits. It starts knowing nothing; half a minute later it reads most of
// them. No library does the learning: every sum and every derivative is a plain loop on this page. Only the images
// come from Nabla.
//
//     dotnet run lessons/01-one-example-at-a-time.cs -- [MNIST-FOLDER] [--epochs N] [--examples N]
//
// THE NETWORK is layers of neurons. A neuron holds one number from 0 to 1, its activation a. The first layer is the
// image.
//
//        784             16             16             10
//      pixels  ──────▶ neurons ─────▶ neurons ─────▶ neurons     one for each digit: does it look like a 0? a 1? …
//        a⁰    w¹, b¹    a¹    w², b²   a²    w³, b³   a³
//
// A neuron weighs the activations of the layer before it, adds its bias b, and squashes the sum z to between 0 and 1:
//
//      z = w₁·a₁ + w₂·a₂ + … + b            a = σ(z) = 1 / (1 + e⁻ᶻ), the sigmoid
//
// The weights and biases are the parameters, everything the network can learn:
// 784·16 + 16 + 16·16 + 16 + 16·10 + 10 = 13,002 numbers.
//
// THE COST measures how wrong the network is about one image: C = Σ (a − y)², over the ten outputs. Here a is the
// network's answer and y the right one: 1 for the right digit, 0 for the nine others. To learn is to make C small.
//
// THE DERIVATIVE ∂C/∂w says how fast C grows as one weight w grows. The weight acts in three steps: w changes z,
// z changes a, and a changes C. The chain rule says: multiply how fast each step goes.
//
//      ∂C/∂w = ∂z/∂w · ∂a/∂z · ∂C/∂a
//
// In numbers, for one neuron with one input of 0.5, whose w = 3 and b = −0.5, and whose right answer is y = 0:
//
//      z = 3 · 0.5 − 0.5 = 1        a = σ(1) = 0.731                       C = (0.731 − 0)² = 0.534
//      ∂z/∂w = 0.5, the input       ∂a/∂z = 0.731·(1 − 0.731) = 0.197      ∂C/∂a = 2·(0.731 − 0) = 1.462
//      ∂C/∂w = 0.5 · 0.197 · 1.462 = 0.144
//
// More weight, more cost: so take some weight away. w ← w − η·∂C/∂w, and the same for b. With η = 1, C falls to 0.429.
//
// THE WHOLE ALGORITHM is this nudge, for 13,002 parameters at once, thousands of times. It is the whole library, too:
// a test gives the same weights and images to this page and to src/Nabla/Training/Trainer.cs, and finds the same
// gradient.

using System.Diagnostics;
using Nabla.Data;

internal static class OneExampleAtATime
{
    private const int BatchSize = 10;               // how many examples have a say in each nudge
    private const double LearningRate = 0.5;        // η (eta), size of a nudge: too small is slow, too big overshoots

    internal static int Main(string[] args)
    {
        Dataset train, test;
        int epochs, examples;
        try
        {
            (var folder, epochs, examples) = Arguments(args);
            (train, test) = DataSource.Open(folder ?? "digits");
            if (train.ImageSize is not { Pixels: 784 } || train.Classes.Count != 10)
                throw new InvalidDataException(
                    $"{train.Name}: the lesson needs images of 28 x 28 pixels in 10 classes.");
        }
        catch (Exception e)
            when (e is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        Learn(train.Take(examples), test, epochs);
        return 0;
    }

    private static void Learn(Dataset train, Dataset test, int epochs)
    {
        var random = new Random(1);                 // a fixed seed: every run is the same
        var layers = NewNetwork(random, 784, 16, 16, 10);
        Console.WriteLine(
            $"A network of 784-16-16-10 neurons: {CountParameters(layers):N0} parameters, all random so far.");
        var shown = Wrong(layers, test).FirstOrDefault();
        Show(layers, test, shown);

        Console.WriteLine(
            $"It learns from {train.Count:N0} images, and is tested on {test.Count:N0} that it never learns from.");
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var clock = Stopwatch.StartNew();
            var cost = LearnForOneEpoch(layers, train, random);
            var seconds = clock.Elapsed.TotalSeconds;
            var accuracy = 1 - Wrong(layers, test).Count() / (double)test.Count;
            Console.WriteLine(
                $"epoch {epoch}   cost {cost:0.0000}   {accuracy:0.0%} of the test right   {seconds:0.0} s");
        }

        Console.WriteLine("\nThe same image again:");
        Show(layers, test, shown);
        foreach (var another in Wrong(layers, test).Take(1))
        {
            Console.WriteLine("And one that it still gets wrong:");
            Show(layers, test, another);
        }
    }

    // An epoch is one walk through all the examples, in a new random order, with one nudge for every few of them (a
    // batch). Why not use all of them for each nudge? A few already point roughly the right way, and so we get to nudge
    // thousands of times. Returns the mean cost.
    internal static double LearnForOneEpoch(Layer[] layers, Dataset data, Random random)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        random.Shuffle(order);
        var cost = 0.0;
        foreach (var batch in order.Chunk(BatchSize))
        {
            Example[] examples = [.. batch.Select(number => ExampleOf(data, number))];
            cost += AverageDerivatives(layers, examples) * examples.Length;
            Nudge(layers, LearningRate);
        }
        return cost / data.Count;
    }

    // Each example has its own wishes: "this weight up, that one down". The network follows their average over the
    // batch. Leaves ∂C/∂w and ∂C/∂b in the layers and returns the cost C, all three averaged over the examples.
    internal static double AverageDerivatives(Layer[] layers, Example[] examples)
    {
        foreach (var layer in layers)
        {
            Array.Clear(layer.dC_dw);
            Array.Clear(layer.dC_db);
        }

        var cost = 0.0;
        foreach (var example in examples)
        {
            var a = ForwardOneExample(layers, example.Pixels);
            cost += CostOneExample(a[^1], example.Y);
            BackwardOneExample(layers, a, example.Y);
        }

        foreach (var layer in layers)               // so far they are sums: make them averages
            for (var o = 0; o < layer.Neurons; o++)
            {
                layer.dC_db[o] /= examples.Length;
                for (var i = 0; i < layer.Inputs; i++)
                    layer.dC_dw[o, i] /= examples.Length;
            }
        return cost / examples.Length;
    }

    // ---- Forward: from the image to an opinion ----------------------------------------------------------------------

    // Returns the activations of every layer, because the backward pass needs them all. a[0] is the image, a[^1] the
    // opinion; layers[l] reads a[l] and gives a[l + 1].
    internal static double[][] ForwardOneExample(Layer[] layers, double[] pixels)
    {
        var a = new double[layers.Length + 1][];
        a[0] = pixels;
        for (var l = 0; l < layers.Length; l++)
            a[l + 1] = ForwardOneLayer(layers[l], a[l]);
        return a;
    }

    // From here on, o numbers the neurons of a layer (its outputs) and i those of the layer before (its inputs).
    // w[o, i] says how strongly input i drives neuron o.
    private static double[] ForwardOneLayer(Layer layer, double[] aBefore)
    {
        var a = new double[layer.Neurons];
        for (var o = 0; o < layer.Neurons; o++)
        {
            var z = layer.b[o];
            for (var i = 0; i < layer.Inputs; i++)
                z += layer.w[o, i] * aBefore[i];
            a[o] = Sigmoid(z);
        }
        return a;
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    internal static double CostOneExample(double[] a, double[] y)
    {
        var cost = 0.0;
        for (var o = 0; o < a.Length; o++)
            cost += (a[o] - y[o]) * (a[o] - y[o]);  // squared: too much and too little both cost, and far off most
        return cost;
    }

    // ---- Backward: from the cost to every parameter -----------------------------------------------------------------

    // Why backward? We know at once how the cost depends on the last activations. A neuron further in acts on the cost
    // only through the layer after it, so that layer is done first, and hands ∂C/∂a back to the layer before. This
    // handing back is backpropagation.
    private static void BackwardOneExample(Layer[] layers, double[][] a, double[] y)
    {
        var dC_da = DerivativesOfCostByOutputs(a[^1], y);
        for (var l = layers.Length - 1; l >= 0; l--)
        {
            AddDerivativesOfCostByWeights(layers[l], a[l], a[l + 1], dC_da);
            AddDerivativesOfCostByBiases(layers[l], a[l + 1], dC_da);
            if (l > 0)                              // before the first layer is only the image: we cannot change it
                dC_da = DerivativesOfCostByPreviousActivations(layers[l], a[l + 1], dC_da);
        }
    }

    // C = Σ (a − y)²: only one term holds this a, and its derivative is 2·(a − y).
    private static double[] DerivativesOfCostByOutputs(double[] a, double[] y)
    {
        var dC_da = new double[a.Length];
        for (var o = 0; o < a.Length; o++)
            dC_da[o] = 2 * (a[o] - y[o]);
        return dC_da;
    }

    // ∂C/∂w = ∂z/∂w · ∂a/∂z · ∂C/∂a. In z = … + w·aBefore + …, w is multiplied by aBefore, so ∂z/∂w = aBefore: the
    // brighter the neuron that a weight listens to, the more the weight matters.
    private static void AddDerivativesOfCostByWeights(Layer layer, double[] aBefore, double[] a, double[] dC_da)
    {
        for (var o = 0; o < layer.Neurons; o++)
        {
            var da_dz = SigmoidDerivative(a[o]);
            for (var i = 0; i < layer.Inputs; i++)
            {
                var dz_dw = aBefore[i];
                layer.dC_dw[o, i] += dz_dw * da_dz * dC_da[o];
            }
        }
    }

    // ∂C/∂b = ∂z/∂b · ∂a/∂z · ∂C/∂a. In z = … + b, adding 1 to b adds 1 to z, so ∂z/∂b = 1.
    private static void AddDerivativesOfCostByBiases(Layer layer, double[] a, double[] dC_da)
    {
        for (var o = 0; o < layer.Neurons; o++)
        {
            const double dz_db = 1;
            var da_dz = SigmoidDerivative(a[o]);
            layer.dC_db[o] += dz_db * da_dz * dC_da[o];
        }
    }

    // ∂C/∂aBefore = Σ ∂z/∂aBefore · ∂a/∂z · ∂C/∂a. In z = … + w·aBefore + …, aBefore is multiplied by w, so
    // ∂z/∂aBefore = w. And why Σ? Every neuron o of this layer listens to aBefore[i]. So aBefore[i] acts on the cost
    // along many paths: add them up.
    private static double[] DerivativesOfCostByPreviousActivations(Layer layer, double[] a, double[] dC_da)
    {
        var dC_daBefore = new double[layer.Inputs];
        for (var o = 0; o < layer.Neurons; o++)
        {
            var da_dz = SigmoidDerivative(a[o]);
            for (var i = 0; i < layer.Inputs; i++)
            {
                var dz_daBefore = layer.w[o, i];
                dC_daBefore[i] += dz_daBefore * da_dz * dC_da[o];
            }
        }
        return dC_daBefore;
    }

    // ∂a/∂z = σ′(z) = σ(z)·(1 − σ(z)), and σ(z) is a. It is steepest at a = ½, and almost flat near 0 and 1, where a
    // neuron has made up its mind and is hard to move. (The last two factors, ∂a/∂z · ∂C/∂a = ∂C/∂z, are the same for
    // all weights of a neuron. Books call their product δ, the error of the neuron. The library computes it once; here
    // both factors stay in sight.)
    private static double SigmoidDerivative(double a) => a * (1 - a);

    // ---- The nudge --------------------------------------------------------------------------------------------------

    // The derivatives point uphill, to more cost; the minus goes downhill. Where the slope is steep the step is long,
    // and the nearer the bottom, the shorter.
    internal static void Nudge(Layer[] layers, double eta)
    {
        foreach (var layer in layers)
            for (var o = 0; o < layer.Neurons; o++)
            {
                layer.b[o] -= eta * layer.dC_db[o];
                for (var i = 0; i < layer.Inputs; i++)
                    layer.w[o, i] -= eta * layer.dC_dw[o, i];
            }
    }

    // ---- What it all works on ---------------------------------------------------------------------------------------

    // One layer: its parameters, and for each parameter the derivative of the cost with respect to it.
    internal sealed class Layer(int inputs, int neurons)
    {
        internal readonly int Inputs = inputs, Neurons = neurons;
        internal readonly double[,] w = new double[neurons, inputs], dC_dw = new double[neurons, inputs];
        internal readonly double[] b = new double[neurons], dC_db = new double[neurons];
    }

    // An image, each pixel from 0 (paper) to 1 (ink), and the answer that the network should give.
    internal sealed record Example(double[] Pixels, double[] Y);

    private static Example ExampleOf(Dataset data, int number)
    {
        double[] pixels = new double[784], y = new double[10];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = data.Image(number)[i] / 255.0;
        y[data.Label(number)] = 1;
        return new(pixels, y);
    }

    // The first weights are random: if they were equal, all neurons of a layer would stay the same for ever. The more
    // inputs, the smaller the weights. Otherwise z would be so far from 0 that σ is flat and nothing moves (the limit:
    // Glorot and Bengio, 2010).
    internal static Layer[] NewNetwork(Random random, params int[] sizes)
    {
        var layers = new Layer[sizes.Length - 1];
        for (var l = 0; l < layers.Length; l++)
        {
            var layer = layers[l] = new Layer(inputs: sizes[l], neurons: sizes[l + 1]);
            var limit = Math.Sqrt(6.0 / (layer.Inputs + layer.Neurons));
            for (var o = 0; o < layer.Neurons; o++)
                for (var i = 0; i < layer.Inputs; i++)
                    layer.w[o, i] = limit * (2 * random.NextDouble() - 1);
        }
        return layers;
    }

    internal static int CountParameters(Layer[] layers) => layers.Sum(layer => layer.w.Length + layer.b.Length);

    // ---- Looking at it ----------------------------------------------------------------------------------------------

    // The network's guess is the digit whose neuron is brightest.
    private static int Guess(double[] opinion) => Array.IndexOf(opinion, opinion.Max());

    private static IEnumerable<int> Wrong(Layer[] layers, Dataset data) => Enumerable.Range(0, data.Count)
        .Where(number => Guess(ForwardOneExample(layers, ExampleOf(data, number).Pixels)[^1]) != data.Label(number));

    // Draws an image, two rows of pixels on each line. Beside it: how sure the network is of each digit.
    private static void Show(Layer[] layers, Dataset data, int number)
    {
        var pixels = ExampleOf(data, number).Pixels;
        var opinion = ForwardOneExample(layers, pixels)[^1];
        Console.WriteLine();
        for (var line = 0; line < 14; line++)
        {
            for (var column = 0; column < 28; column++)
            {
                var ink = (pixels[56 * line + column] + pixels[56 * line + 28 + column]) / 2;
                Console.Write(" .:-=+*#%@"[(int)(9.99 * ink)]);
            }
            var digit = line - 2;
            if (digit is >= 0 and < 10)
                Console.Write($"    {digit} {new string('#', (int)(20 * opinion[digit])),-20} {opinion[digit]:0.00}");
            var verdict = digit == data.Label(number) ? "" : ", wrong";
            Console.WriteLine(digit == Guess(opinion) ? $" <- its guess{verdict}" : "");
        }
        Console.WriteLine();
    }

    internal static (string? Folder, int Epochs, int Examples) Arguments(string[] args)
    {
        string? folder = null;
        int epochs = 5, examples = int.MaxValue;
        for (var n = 0; n < args.Length; n++)
            if (args[n] == "--epochs")
                epochs = Number(args, ++n);
            else if (args[n] == "--examples")
                examples = Number(args, ++n);
            else if (folder is null && Directory.Exists(args[n]))
                folder = Path.GetFullPath(args[n]);
            else
                throw new ArgumentException(
                    $"'{args[n]}' is neither a folder nor an option. " +
                    "Expected: [MNIST-FOLDER] [--epochs N] [--examples N].");
        return (folder, epochs, examples);
    }

    private static int Number(string[] args, int n)
    {
        if (n < args.Length && int.TryParse(args[n], out var number) && number > 0)
            return number;
        var found = n < args.Length ? $", not '{args[n]}'" : "";
        throw new ArgumentException($"{args[n - 1]} needs a number from 1 on{found}.");
    }
}
