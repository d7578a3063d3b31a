using System.Buffers.Binary;
using Nabla.Storage;

namespace Nabla.Data;

/// <summary>
/// Reads IDX files, the format of MNIST: a magic number, the size of each dimension, then the values. All integers
/// have four bytes, the most significant first. Files compressed with gzip are unpacked, whatever their name.
/// </summary>
/// <remarks>
/// The format is described at the end of "The MNIST database of handwritten digits" (LeCun, Cortes, Burges). Of its
/// types, only unsigned bytes are supported. Every error message says what was found, what was expected and what to do.
/// </remarks>
public static class IdxFile
{
    private const uint ImagesMagic = 0x00000803;        // unsigned bytes (08) in 3 dimensions: count, height, width
    private const uint LabelsMagic = 0x00000801;        // unsigned bytes (08) in 1 dimension: count

    /// <summary>Reads images.</summary>
    /// <param name="path">The file, for example "train-images-idx3-ubyte.gz".</param>
    /// <returns>All pixels, 0 to 255, one image after the other, row by row; and the size of each image.</returns>
    /// <exception cref="InvalidDataException">The file cannot be read, is damaged,
    /// or does not hold what its header says.</exception>
    public static (byte[] Pixels, ImageSize Size) ReadImages(string path)
    {
        using var file = DataFile.Open(path);
        CheckMagic(file, ImagesMagic);
        var count = ReadDimension(file, "image count");
        var height = ReadDimension(file, "image height");
        var width = ReadDimension(file, "image width");
        var promise = $"{count} images of {height} × {width}";
        var length = (UInt128)count * height * width;       // three factors of 32 bits: no overflow
        if (length > (uint)Array.MaxLength)
            throw new InvalidDataException(
                $"{path}: its header promises {promise}, {length} bytes; at most {Array.MaxLength} can be read. "
                + "It is damaged, or has to be split into several files.");
        return (file.ReadRest((int)length, promise), new((int)height, (int)width));
    }

    /// <summary>Reads labels.</summary>
    /// <param name="path">The file, for example "train-labels-idx1-ubyte.gz".</param>
    /// <param name="classes">The number of classes; the labels are 0 to one less.</param>
    /// <returns>The class of each example.</returns>
    /// <exception cref="InvalidDataException">The file cannot be read, is damaged,
    /// does not hold what its header says, or has a label that is not a class.</exception>
    public static byte[] ReadLabels(string path, int classes = 10)
    {
        using var file = DataFile.Open(path);
        CheckMagic(file, LabelsMagic);
        var count = ReadDimension(file, "label count");
        if (count > Array.MaxLength)
            throw new InvalidDataException(
                $"{path}: its header promises {count} labels; at most {Array.MaxLength} can be read. It is damaged.");
        var labels = file.ReadRest((int)count, $"{count} labels");
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= classes)
                throw new InvalidDataException(
                    $"{path}: label {i} is {labels[i]}, but there are {classes} classes, labelled 0 to {classes - 1}. "
                    + "Correct it, or give the right number of classes.");
        return labels;
    }

    /// <summary>
    /// Reads a folder of four IDX files named as MNIST's are, images and labels to train with and to test with:
    /// "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte" and "t10k-labels-idx1-ubyte".
    /// </summary>
    /// <remarks>
    /// A name may end in ".gz", and may have a dot in place of the second hyphen: "train-images.idx3-ubyte".
    /// </remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="classes">The names of the classes, label 0 first; "0" to "9" if not given.</param>
    /// <param name="name">The name of the data in messages; the folder if not given.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or does not fit the others.</exception>
    public static (Dataset Train, Dataset Test) ReadFolder(
        string folder, IReadOnlyList<string>? classes = null, string? name = null) =>
        ImageFolder.Read(folder, classes, name);

    private static void CheckMagic(DataFile file, uint expected)
    {
        Span<byte> start = stackalloc byte[StrayFile.Enough];
        var found = file.Read(start[..4]);
        var magic = found == 4 ? BinaryPrimitives.ReadUInt32BigEndian(start) : 0;
        if (magic == expected)
            return;
        if (found == 4)
            found += file.Read(start[4..]);
        var kinds = expected == ImagesMagic
            ? (Expected: "images", Found: "labels")
            : (Expected: "labels", Found: "images");
        var advice = magic is ImagesMagic or LabelsMagic
            ? $"It holds {kinds.Found}, not {kinds.Expected}: images and labels seem to be swapped."
            : ForeignContent.Describe(start[..found]);
        var beginning = found >= 4 ? $"0x{magic:X8}" : $"only {found} bytes";
        throw new InvalidDataException(
            $"{file.Path} begins with {beginning}, but a file of {kinds.Expected} begins with 0x{expected:X8}. "
            + advice);
    }

    private static uint ReadDimension(DataFile file, string what)
    {
        Span<byte> four = stackalloc byte[4];
        if (file.Read(four) < 4)
            throw new InvalidDataException($"{file.Path} ends before its {what}: it is cut short. Fetch it again.");
        var size = BinaryPrimitives.ReadUInt32BigEndian(four);
        return size is > 0 and <= int.MaxValue
            ? size
            : throw new InvalidDataException(
                $"{file.Path}: its {what} is {size}, but has to be from 1 to {int.MaxValue}. "
                + "It is damaged: fetch it again.");
    }
}
