using System.Collections.ObjectModel;
using Nabla.Data;

namespace Nabla;

/// <summary>A network with what is needed to use it: what its outputs mean, the names of the classes, the size of the images.</summary>
/// <remarks>
/// In a file it is a safetensors file. The tensors have the names and shapes that a <c>torch.nn.Sequential</c> of the same layers gives
/// them: <c>0.weight</c> [outputs, inputs], <c>0.bias</c> [outputs], <c>2.weight</c> … (activations count). A batch normalisation has <c>1.weight</c>, <c>1.bias</c>,
/// <c>1.running_mean</c> and <c>1.running_var</c>, each [channels] (PyTorch's <c>1.num_batches_tracked</c> is neither written nor needed); a layer normalisation
/// <c>1.weight</c> and <c>1.bias</c> of the shape of an example; an embedding <c>0.weight</c> [tokens, dimensions]; and what is inside a residual, itself the fourth
/// layer, <c>3.0.weight</c> …, as in <c>class Residual(Sequential): forward = lambda self, x: x + Sequential.forward(self, x)</c>. The rest is in the
/// metadata: <c>nabla.version</c>, <c>nabla.network</c> (“dense 16, sigmoid, dense 10”), <c>nabla.inputs</c> (“784”, or “1x28x28”:
/// channels, height, width), <c>nabla.loss</c>
/// (“softmax-cross-entropy smoothing 0.1”), and where there is something to say <c>nabla.classes</c> (a JSON list), <c>nabla.image</c> (“28x28”, height first) and
/// <c>nabla.training</c> (a JSON object of strings).
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="loss">The loss it was trained with, which says what its outputs mean.</param>
public sealed class Model(Network network, Loss loss)
{
    /// <summary>The network. While nobody trains it, any number of threads may use it.</summary>
    public Network Network { get; } = network ?? throw new ArgumentNullException(nameof(network));

    /// <summary>The loss it was trained with, which says what its outputs mean.</summary>
    public Loss Loss { get; } = loss ?? throw new ArgumentNullException(nameof(loss));

    /// <summary>The names of the classes, one for each output; empty if the outputs are no classes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer names than outputs, or one holds a control character, which a terminal would obey.</exception>
    public IReadOnlyList<string> Classes
    {
        get;
        init
        {
            if (value.Count > 0 && value.Count != Network.Outputs)
                throw new ArgumentException($"There are {value.Count} names of classes, but the network has {Network.Outputs} outputs.");
            for (var c = 0; c < value.Count; c++)
                if (value[c].Any(char.IsControl))
                    throw new ArgumentException($"The name of class {c} holds a control character. Leave it out: names are printed as they are.");
            field = value;
        }
    } = [];

    /// <summary>The size of the images that it takes, each pixel times <see cref="ImageSize.PixelScale"/>; null if the inputs are no images.</summary>
    /// <exception cref="ArgumentException">Such an image has more or fewer pixels than the network has inputs.</exception>
    public ImageSize? ImageSize
    {
        get;
        init => field = value is not { } size || (size.Height > 0 && size.Width > 0 && (long)size.Height * size.Width == Network.Inputs)
            ? value
            : throw new ArgumentException($"Images of {value} do not fit a network of {Network.Inputs} inputs.");
    }

    /// <summary>How it was trained, for people to read: data, optimizer, learning rate, accuracy … Loading orders it by key.</summary>
    public IReadOnlyDictionary<string, string> Training { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// What the network says of one example, or of several, one after the other: probabilities where the loss takes logits, else
    /// the outputs as they are. Any number of threads may call it; once warm, nothing is allocated for as many of them as there are processors. The
    /// examples are read where they are.
    /// </summary>
    /// <param name="x">B × <see cref="Network.Inputs"/> numbers. Pixels are between 0 and 1.</param>
    /// <param name="y">To be overwritten with B × <see cref="Network.Outputs"/> numbers.</param>
    /// <exception cref="ArgumentException">These are not as many numbers as there should be, or <paramref name="y"/> lies over inputs that are still to be read.</exception>
    /// <exception cref="ArgumentNullException">There is no array.</exception>
    public void Predict(float[] x, Span<float> y)
    {
        Network.Predict(x, y);
        Interpret(y);
    }

    /// <summary>The same for numbers that are no whole array: each example is copied first.</summary>
    /// <param name="x">B × <see cref="Network.Inputs"/> numbers. Pixels are between 0 and 1.</param>
    /// <param name="y">To be overwritten with B × <see cref="Network.Outputs"/> numbers.</param>
    /// <exception cref="ArgumentException">These are not as many numbers as there should be, or <paramref name="y"/> lies over inputs that are still to be read.</exception>
    public void Predict(ReadOnlySpan<float> x, Span<float> y)
    {
        Network.Predict(x, y);
        Interpret(y);
    }

    /// <summary>The same for a batch, one example a row.</summary>
    /// <param name="x">(B, inputs); B may be 0.</param>
    /// <returns>(B, outputs), a new matrix.</returns>
    /// <exception cref="ArgumentException">It has another number of columns.</exception>
    public Matrix Predict(Matrix x)
    {
        var y = Network.Predict(x);
        Interpret(y.Values);
        return y;
    }

    /// <summary>Saves it, whole or not at all. The same model gives the same bytes, on any machine.</summary>
    /// <exception cref="NotSupportedException">A layer or the loss is of your own making, and no file could name it.</exception>
    /// <exception cref="InvalidOperationException">A weight is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written. Whatever goes wrong, what was there before is unchanged.</exception>
    public void Save(string path) => ModelFormat.ToFile(this).Save(path);

    /// <summary>Loads a model that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is no such model, or damaged; the message says where and what to do.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Model Load(string path) => ModelFormat.FromFile(Safetensors.Load(path), path);

    /// <summary>Loads the weights of a file that does not say what network it is for, such as one that Python wrote.</summary>
    /// <param name="path">A safetensors file; its tensors are named as in a <c>torch.nn.Sequential</c>.</param>
    /// <param name="network">The layers: “dense 16, sigmoid, dense 10”. They count, whatever the file says.</param>
    /// <param name="inputs">The shape of what enters: <c>new Shape(1, 28, 28)</c>, or how many numbers.</param>
    /// <param name="loss">The loss it was trained with.</param>
    /// <exception cref="FormatException">The text does not say what layers there are.</exception>
    /// <exception cref="InvalidDataException">The file does not fit the layers, or is damaged; the message says where and what to do.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Model Load(string path, string network, Shape inputs, Loss loss)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs.Size);
        return new(ModelWeights.Restore(inputs, Nabla.LayerList.Parse(network), Safetensors.Load(path), path), loss);
    }

    private void Interpret(Span<float> outputs)
    {
        for (var first = 0; first < outputs.Length; first += Network.Outputs)
        {
            var output = outputs.Slice(first, Network.Outputs);
            Loss.Interpret(output, output);
        }
    }
}
