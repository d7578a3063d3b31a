using Nabla.Storage;

namespace Nabla;

/// <summary>
/// Recognises, by their first bytes, files that are often given in place of a safetensors file, and says what to do.
/// </summary>
internal static class ForeignFile
{
    private const string FromPyTorch =
        "Nabla does not read pickles, which can execute code. Convert it with Python (call .state_dict() first if " +
        "it is a " +
        "whole module):\n" +
        "import torch; from safetensors.torch import save_file\n" +
        "save_file({k: v.float().contiguous() " +
        "for k, v in torch.load(\"OLD.pth\", map_location=\"cpu\").items()}, \"NEW.safetensors\")";

    private const string FromKeras =
        "Convert it with Python, here for dense layers, whose weights Keras keeps transposed. The number in a " +
        "tensor's " +
        "name is that of the layer in the Nabla network, where each activation is a layer:\n" +
        "import keras, numpy as np; from safetensors.numpy import save_file\n" +
        "save_file({f\"{i}.{n}\": np.ascontiguousarray(w.T) " +
        "for i, l in enumerate(keras.models.load_model(\"OLD.h5\").layers) " +
        "for n, w in zip((\"weight\", \"bias\"), l.get_weights())}, \"NEW.safetensors\")";

    /// <summary>
    /// What the file is instead and what to do; null if that is not known. Call it only for a file that is not a
    /// safetensors file: one with a header of 640 bytes begins like a pickle.
    /// </summary>
    public static string? Describe(ReadOnlySpan<byte> start) =>
        StrayFile.IsZip(start)
            ? $"is a zip archive, as PyTorch's .pth and .pt files are, not a safetensors file. {FromPyTorch}"
        : start is [0x80, >= 2 and <= 5, ..]
            ? $"is a pickle, as PyTorch's .pth and .pt files are, not a safetensors file. {FromPyTorch}"
        : start.StartsWith((ReadOnlySpan<byte>)[0x89, .. "HDF"u8])
            ? $"is an HDF5 file, as Keras' .h5 files are, not a safetensors file. {FromKeras}"
        : IsPicture(start) ? "is a picture. Give the MODEL first, then the pictures."
        : StrayFile.Describe(start) ?? (StrayFile.IsText(start) ? Text(StrayFile.Quote(start)) : null);

    private static bool IsPicture(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG"u8])
        || start is
            [(byte)'P', (byte)'2' or (byte)'5', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'#', ..];

    private static string Text(string quote) =>
        $"is not a model: it starts with text{(quote == "" ? "" : $" (\"{quote}…\")")}. " +
        "A model is a .safetensors file that 'train' has saved.";
}
