using System.Collections.ObjectModel;
using Nabla.Data;

namespace Nabla;

/// <summary>
/// A network with what is needed to use it: the meaning of its outputs, the names of the classes, the size of the
/// images.
/// </summary>
/// <remarks>
/// <para>A model is saved as a safetensors file. The tensors have the names and shapes that a
/// <c>torch.nn.Sequential</c> of the same layers gives them: <c>0.weight</c> [outputs, inputs], <c>0.bias</c>
/// [outputs],
/// <c>2.weight</c> … (activations count as layers). A batch normalisation has <c>1.weight</c>, <c>1.bias</c>,
/// <c>1.running_mean</c> and <c>1.running_var</c>, each [channels]; PyTorch's <c>1.num_batches_tracked</c> is neither
/// written nor needed. A layer normalisation has <c>1.weight</c> and <c>1.bias</c> of the shape of an example, and an
/// embedding has <c>0.weight</c> [tokens, dimensions]. The layers inside a residual that is the fourth layer have
/// <c>3.0.weight</c> …, as in
/// <c>class Residual(Sequential): forward = lambda self, x: x + Sequential.forward(self, x)</c>.</para>
/// <para>The rest is in the metadata: <c>nabla.version</c>, <c>nabla.network</c> (“dense 16, sigmoid, dense 10”),
/// <c>nabla.inputs</c> (“784”, or “1x28x28”: channels, height, width), <c>nabla.loss</c> (“softmax-cross-entropy
/// smoothing 0.1”), and, where they are known, <c>nabla.classes</c> (a JSON list), <c>nabla.image</c> (“28x28”, height
/// first) and <c>nabla.training</c> (a JSON object of strings).</para>
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="loss">The loss it was trained with, which gives its outputs their meaning.</param>
public sealed class Model(Network network, Loss loss)
{
    /// <summary>The network. While it is not trained, any number of threads may use it.</summary>
    public Network Network { get; } = network ?? throw new ArgumentNullException(nameof(network));

    /// <summary>The loss it was trained with, which gives its outputs their meaning.</summary>
    public Loss Loss { get; } = loss ?? throw new ArgumentNullException(nameof(loss));

    /// <summary>The names of the classes, one for each output; empty if the outputs are not classes.</summary>
    /// <exception cref="ArgumentException">
    /// There are more or fewer names than outputs, or one contains a control character, which a terminal would obey.
    /// </exception>
    public IReadOnlyList<string> Classes
    {
        get;
        init
        {
            if (value.Count > 0 && value.Count != Network.Outputs)
                throw new ArgumentException(
                    $"There are {value.Count} names of classes, but the network has {Network.Outputs} outputs.");
            for (var c = 0; c < value.Count; c++)
                if (value[c].Any(char.IsControl))
                    throw new ArgumentException(
                        $"The name of class {c} contains a control character. Remove it: names are printed as they " +
                        "are.");
            field = value;
        }
    } = [];

    /// <summary>
    /// The size of the images it takes, each pixel times <see cref="ImageSize.PixelScale"/>; null if the inputs are not
    /// images.
    /// </summary>
    /// <exception cref="ArgumentException">The number of pixels is not the number of inputs of the network.</exception>
    public ImageSize? ImageSize
    {
        get;
        init => field = value is not { } size
            || (size.Height > 0 && size.Width > 0 && (long)size.Height * size.Width == Network.Inputs)
            ? value
            : throw new ArgumentException($"Images of {value} do not fit a network of {Network.Inputs} inputs.");
    }

    /// <summary>
    /// How it was trained, for people to read: data, optimiser, learning rate, accuracy … Loading sorts it by key.
    /// </summary>
    public IReadOnlyDictionary<string, string> Training { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// Predicts one example, or several, one after the other: probabilities where the loss takes logits, else the
    /// outputs
    /// as they are. The examples are not copied.
    /// </summary>
    /// <remarks>
    /// Any number of threads may call it at once. After the first calls, it allocates nothing for as many threads as
    /// there
    /// are processors.
    /// </remarks>
    /// <param name="x">B × <see cref="Network.Inputs"/> values. Pixels are between 0 and 1.</param>
    /// <param name="y">Overwritten with B × <see cref="Network.Outputs"/> values.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is wrong, or <paramref name="y"/> overlaps inputs that have not been read yet.
    /// </exception>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public void Predict(float[] x, Span<float> y)
    {
        Network.Predict(x, y);
        Interpret(y);
    }

    /// <summary>Predicts examples that are part of an array; each is copied first.</summary>
    /// <param name="x">B × <see cref="Network.Inputs"/> values. Pixels are between 0 and 1.</param>
    /// <param name="y">Overwritten with B × <see cref="Network.Outputs"/> values.</param>
    /// <exception cref="ArgumentException">
    /// The number of values is wrong, or <paramref name="y"/> overlaps inputs that have not been read yet.
    /// </exception>
    public void Predict(ReadOnlySpan<float> x, Span<float> y)
    {
        Network.Predict(x, y);
        Interpret(y);
    }

    /// <summary>Predicts a batch, one example per row.</summary>
    /// <param name="x">(B, inputs); B may be 0.</param>
    /// <returns>(B, outputs), a new matrix.</returns>
    /// <exception cref="ArgumentException">The number of columns is not the number of inputs.</exception>
    public Matrix Predict(Matrix x)
    {
        var y = Network.Predict(x);
        Interpret(y.Values);
        return y;
    }

    /// <summary>Saves the model, whole or not at all. The same model gives the same bytes on any machine.</summary>
    /// <exception cref="NotSupportedException">
    /// A layer or the loss is your own class, which a file cannot name.
    /// </exception>
    /// <exception cref="InvalidOperationException">A weight is NaN or infinite.</exception>
    /// <exception cref="IOException">
    /// The file cannot be written. The old file, if there was one, is unchanged.
    /// </exception>
    public void Save(string path) => ModelFormat.ToFile(this).Save(path);

    /// <summary>Writes the bytes of a model file to a stream.</summary>
    /// <exception cref="NotSupportedException">
    /// A layer or the loss is your own class, which a file cannot name.
    /// </exception>
    /// <exception cref="InvalidOperationException">A weight is NaN or infinite.</exception>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public void Save(Stream stream) => ModelFormat.ToFile(this).Save(stream);

    /// <summary>Loads a model that <see cref="Save(string)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not a model, or is damaged; the message says where and what to do.
    /// </exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static Model Load(string path) => ModelFormat.FromFile(Safetensors.Load(path), path);

    /// <summary>Loads a model from a stream, such as an embedded resource.</summary>
    /// <param name="stream">The bytes of a model file. It must be seekable.</param>
    /// <param name="name">The name of the stream in messages.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a model, or is damaged; the message says where and what to do.
    /// </exception>
    public static Model Load(Stream stream, string name = "The stream") =>
        ModelFormat.FromFile(Safetensors.Load(stream, name), name);

    /// <summary>Loads weights from a file that does not describe its network, such as one that Python wrote.</summary>
    /// <param name="path">A safetensors file with tensors named as in a <c>torch.nn.Sequential</c>.</param>
    /// <param name="network">The layers: “dense 16, sigmoid, dense 10”. They count, whatever the file says.</param>
    /// <param name="inputs">The shape of one example: <c>new Shape(1, 28, 28)</c>, or the number of inputs.</param>
    /// <param name="loss">The loss it was trained with.</param>
    /// <exception cref="FormatException"><paramref name="network"/> is not a list of layers.</exception>
    /// <exception cref="InvalidDataException">
    /// The file does not fit the layers, or is damaged; the message says where and what to do.
    /// </exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static Model Load(string path, string network, Shape inputs, Loss loss)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs.Size);
        return new(ModelWeights.Restore(inputs, Nabla.Parse.Layers(network), Safetensors.Load(path), path), loss);
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
