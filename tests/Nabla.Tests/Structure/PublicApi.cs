using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla.Tests.Structure;

/// <summary>Writes down what an assembly offers to those who use it: one line for each type, and below it one for each member.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(uint)] = "uint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(char)] = "char",
    };

    private static readonly NullabilityInfoContext nullability = new();

    public static IEnumerable<string> Of(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().Where(References.IsPublic).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            yield return Header(type);
            foreach (var (_, line) in Members(type).OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Line, StringComparer.Ordinal))
                yield return "    " + line;
        }
    }

    private static string Header(Type type)
    {
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) && parent != typeof(MulticastDelegate))
            bases.Add(Name(parent));
        bases.AddRange(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(References.IsPublic)
            .Where(i => !IsRecord(type) || !i.IsGenericType || i.GetGenericTypeDefinition() != typeof(IEquatable<>)).Select(Name).Order(StringComparer.Ordinal));
        return $"{Kind(type)} {type.Namespace}.{Name(type, withOuter: true)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    private static string Kind(Type type)
    {
        if (type.IsEnum)
            return "enum";
        if (type.IsInterface)
            return "interface";
        var record = IsRecord(type) ? "record " : "";
        if (type.IsValueType)
            return $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{record}struct";
        return $"{(type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{(record.Length > 0 ? "record" : "class")}";
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true);

    /// <summary>Constructors come first, since their name is “.ctor”.</summary>
    private static IEnumerable<(string Name, string Line)> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(References.IsPublic).Where(field => !field.IsSpecialName))
            yield return (field.Name, type.IsEnum
                ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
                : $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType, nullability.Create(field))} {field.Name}{(field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "")}");
        foreach (var constructor in type.GetConstructors(Declared).Where(References.IsPublic))
            yield return (constructor.Name, $"{Access(constructor)}{PlainName(type)}({Parameters(constructor)})");
        foreach (var property in type.GetProperties(Declared).Where(property => !property.IsDefined(typeof(CompilerGeneratedAttribute))))
            if (property.GetAccessors(nonPublic: true).Where(References.IsPublic).FirstOrDefault() is { } accessor)
                yield return (property.Name, Property(property, accessor));
        foreach (var method in type.GetMethods(Declared).Where(References.IsPublic))
            if (!method.IsDefined(typeof(CompilerGeneratedAttribute)) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)))
                yield return (method.Name, Method(method));
    }

    private static string Property(PropertyInfo property, MethodInfo accessor)
    {
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var get = property.GetMethod is { } getter && References.IsPublic(getter) ? "get; " : "";
        var set = property.SetMethod is not { } setter || !References.IsPublic(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Access(accessor)}{Modifiers(accessor)}{required}{Name(property.PropertyType, nullability.Create(property))} {name} {{ {get}{set}}}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(t => t.Name))}>" : "";
        return $"{Access(method)}{Modifiers(method)}{Name(method.ReturnType, nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? method.IsFinal ? "sealed override " : "override "
        : method.IsVirtual && !method.IsFinal ? "virtual " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var kind = parameter.IsOut ? "out " : parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        var type = Name(parameter.ParameterType, nullability.Create(parameter));
        if (parameter.IsOut)
            type = type["ref ".Length..];
        return $"{kind}{type} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "")}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Name(Type type) => Name(type, withOuter: true);

    private static string Name(Type type, NullabilityInfo info)
    {
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!, info);
        var mark = !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
            return Name(type.GetElementType()!, info.ElementType!) + "[]" + mark;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        return type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length
            ? $"{PlainName(type)}<{string.Join(", ", type.GetGenericArguments().Zip(info.GenericTypeArguments, Name))}>{mark}"
            : Name(type) + mark;
    }

    private static string Name(Type type, bool withOuter)
    {
        if (keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        var outer = withOuter && type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        return outer + PlainName(type) + (type.IsGenericType ? $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : "");
    }

    private static string PlainName(Type type) => type.Name.Split('`')[0];
}
